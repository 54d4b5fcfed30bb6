import { appendFileSync } from 'node:fs'
import { EngineError } from '../../errors/index.ts'
import { processStartTime } from '../../lib/process/process.ts'
import { runtimeEnvironment } from '../runtime.ts'
import { runtimeError } from '../runtime-errors.ts'
import { startScope } from '../systemd.ts'
import { monitorArguments, type MonitorOptions } from './arguments.ts'
import { failureText, type MonitorMessage, readPidFile, spawnMonitor, type StartingMonitor } from './spawn.ts'

export interface CreateOptions extends MonitorOptions {
  /** A folder that outlives the monitor, where it records e.g. an OOM kill. */
  persistDir?: string
  /** Do not give the container a session keyring of its own. */
  noNewKeyring?: boolean
  /** A socket of the service manager to which READY=1 is passed on. */
  sdnotifySocket?: string
  /** Restores CRIU's images instead of creating; `runtimeOptions` go to the runtime's restore command. */
  restore?: { imagePath: string; runtimeOptions?: readonly string[] }
  /** Open descriptors (listeners of published ports) which the monitor keeps open while it lives. */
  extraDescriptors?: readonly number[]
}

/** A process and its monitor; the start times tell them from later ones of the same number. */
export interface Monitored {
  pid: number
  startTime: string | null
  conmonPid: number
  conmonStartTime: string | null
}

/** Podman's timeout: loading a user's keyring or a slow disk may take a while. */
const createTimeout = 240_000

/**
 * Has conmon create (or restore) the container described by the bundle's config.json. On return it is `created`
 * (restored: `running`), its attach socket accepts, and the monitor no longer depends on us.
 *
 * On failure the monitor is gone; whatever the runtime may have left is for the caller's `runtime.delete(id, { force: true })`.
 *
 * @throws CommandNotFound, CommandNotExecutable, RuntimeFailed with the runtime's message, MonitorFailed, ProgramMissing,
 *   Cancelled.
 */
export async function createContainer(options: CreateOptions): Promise<Monitored> {
  const args = monitorArguments(options, options.id)
  if (options.persistDir) args.push(`--persist-dir=${options.persistDir}`)
  if (options.noNewKeyring) args.push('--no-new-keyring')
  if (options.sdnotifySocket) args.push(`--sdnotify-socket=${options.sdnotifySocket}`)
  if (options.restore) {
    args.push(`--restore=${options.restore.imagePath}`)
    args.push(...(options.restore.runtimeOptions ?? []).map((option) => `--runtime-opt=${option}`))
  }
  const monitor = await spawnMonitor(args, runtimeEnvironment(options.environment), {
    preserved: options.preserved,
    extraDescriptors: options.extraDescriptors,
    passthrough: options.log.driver === 'passthrough',
  })
  const action = options.restore ? 'restore' : 'create'
  return await guarded(monitor, options, async () => {
    await placeMonitor(options, monitor.launcherPid)
    monitor.sendStart()
    const answer = await monitor.nextSync()
    await monitor.launched
    return monitoredFrom(answer, monitor, options, action)
  })
}

/** The pids conmon reported, or the error they stand for. */
export function monitoredFrom(
  answer: MonitorMessage | null,
  monitor: StartingMonitor,
  options: MonitorOptions,
  action: string,
): Monitored {
  if (answer && answer.data > 0) {
    const conmonPid = readPidFile(options.conmonPidFile)
    return { pid: answer.data, startTime: processStartTime(answer.data), conmonPid, conmonStartTime: processStartTime(conmonPid) }
  }
  const text = failureText(options.ociLog, answer, monitor.stderr())
  if (answer || text) throw runtimeError({ runtime: options.runtime.name, action, id: options.id }, text)
  throw new EngineError('MonitorFailed', `The monitor conmon ended before it could ${action} container ${options.id}.`)
}

/** Runs `work` with the timeout and the signal; if it fails, the monitor is ended; our ends of the pipes are closed in any case. */
export async function guarded<T>(monitor: StartingMonitor, options: MonitorOptions, work: () => Promise<T>): Promise<T> {
  const interrupted = Promise.withResolvers<never>()
  const cancelled = () => new EngineError('Cancelled', `The request was cancelled while container ${options.id} was being set up.`)
  const onAbort = () => interrupted.reject(cancelled())
  const onTimeout = () =>
    interrupted.reject(
      new EngineError(
        'MonitorFailed',
        `The monitor conmon gave no answer for container ${options.id} within ${createTimeout / 1000} s.`,
      ),
    )
  const timer = setTimeout(onTimeout, createTimeout)
  options.signal?.addEventListener('abort', onAbort, { once: true })
  try {
    // Not a step of the work: the start byte would have the runtime create what the ended monitor no longer knows.
    if (options.signal?.aborted) throw cancelled()
    return await Promise.race([work(), interrupted.promise])
  } catch (error) {
    endMonitor(monitor, options.conmonPidFile)
    throw error
  } finally {
    clearTimeout(timer)
    options.signal?.removeEventListener('abort', onAbort)
    monitor.release()
  }
}

function endMonitor(monitor: StartingMonitor, pidFile: string): void {
  const pids = [monitor.launcherPid]
  try {
    pids.push(readPidFile(pidFile))
  } catch {
    // It failed before that.
  }
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // Already gone.
    }
  }
}

/** Puts the monitor where it belongs, before the start byte, so that everything it starts begins there too. */
export async function placeMonitor(options: MonitorOptions, pid: number): Promise<void> {
  for (const file of options.cgroupProcs ?? []) {
    try {
      appendFileSync(file, String(pid))
    } catch (cause) {
      throw new EngineError('CgroupUnavailable', `The monitor could not be put into the cgroup of ${file}.`, {
        details: { file },
        cause,
      })
    }
  }
  if (options.scope)
    await startScope({ ...options.scope, pid, description: `Monitor of container ${options.name ?? options.id}` })
}
