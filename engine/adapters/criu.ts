import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { EngineError } from '../errors/index.ts'
import { writeFileAtomicSync } from '../lib/files/atomic-file.ts'
import type { Cgroups } from '../lib/cgroup/index.ts'
import { run } from '../lib/process/exec.ts'
import type { CgroupsMode, CheckpointOptions, Runtime, RuntimeCallOptions } from './runtime.ts'

const oldest = [3, 11] as const
const longestLog = 256 * 1024

/**
 * CRIU's version, e.g. `4.1.1`.
 *
 * @throws ProgramMissing, NotSupported if it is too old for containers.
 */
export async function requireCriu(options: RuntimeCallOptions = {}): Promise<string> {
  const { stdout } = await run('criu', ['--version'], { timeout: 10_000, signal: options.signal })
  const version = /Version:\s*(\d+)\.(\d+)(\.\d+)?/.exec(stdout)
  if (!version) throw new EngineError('ProgramFailed', `criu does not print its version: ${stdout.trim().slice(0, 200)}`)
  const [major, minor] = [Number(version[1]), Number(version[2])]
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    throw new EngineError(
      'NotSupported',
      `criu ${major}.${minor} is too old to checkpoint containers; install ${oldest.join('.')} or newer.`,
    )
  }
  return version[0].replace(/Version:\s*/, '')
}

/** Whether the kernel tells CRIU what memory changed since an earlier dump, which dumps in several steps need. */
export async function tracksMemory(options: RuntimeCallOptions = {}): Promise<boolean> {
  const { code } = await run('criu', ['check', '--feature', 'mem_dirty_track'], { timeout: 10_000, signal: options.signal })
  return code === 0
}

/**
 * Writes a CRIU configuration file of our own into `folder` (the run directory; never /etc) and returns the environment by
 * which criu, started by a runtime, finds it: for {@link checkpoint} and for `createContainer` when it restores.
 *
 * Network connections are locked through nftables, since by default CRIU starts iptables, which new systems do not have.
 * `skip` is for a network namespace that others use on: they would be cut off, since nobody takes the lock away.
 * With `tcpClose` connections that were open are restored closed, so that the same checkpoint can be restored again.
 * By environment and not by the annotation `org.criu.config`: criu 4.1 crashes on this setting when it comes that way.
 */
export function criuEnvironment(
  folder: string,
  networkLock: 'nftables' | 'skip' = 'nftables',
  options: { tcpClose?: boolean } = {},
): Record<string, string> {
  const file = path.join(folder, `criu-${networkLock}.conf`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileAtomicSync(file, `network-lock ${networkLock}\n${options.tcpClose ? 'tcp-close\n' : ''}`)
  return { CRIU_CONFIG_FILE: file }
}

/**
 * How CRIU is to treat cgroups here. On a hybrid host crun's default cannot work, and leaves copies of the whole cgroup2
 * tree behind; runc's can, and it knows no `ignore`. The runtimes put the processes into their cgroup in any case.
 */
export function criuCgroupsMode(cgroups: Cgroups, runtime: Pick<Runtime, 'name'>): CgroupsMode | undefined {
  return cgroups.mode === 'hybrid' && runtime.name === 'crun' ? 'ignore' : undefined
}

/** What a restore's {@link CreateOptions.restore} takes as `runtimeOptions`, for the same choices as at the checkpoint. */
export function restoreArguments(
  options: Pick<
    CheckpointOptions,
    'workPath' | 'tcpEstablished' | 'fileLocks' | 'shellJob' | 'externalUnixSockets' | 'manageCgroups'
  >,
): string[] {
  const args = ['--work-path', options.workPath]
  if (options.tcpEstablished) args.push('--tcp-established')
  if (options.fileLocks) args.push('--file-locks')
  if (options.shellJob) args.push('--shell-job')
  if (options.externalUnixSockets) args.push('--ext-unix-sk')
  if (options.manageCgroups) args.push('--manage-cgroups-mode', options.manageCgroups)
  return args
}

/**
 * Writes a running container's processes to `imagePath` and, unless `leaveRunning`, ends them. Both folders are made.
 * If it fails the container goes on as before. The network namespace of a container that was ended stays locked by CRIU's
 * firewall rules: a restore needs a new one.
 *
 * @throws CheckpointFailed with CRIU's own reason; what the runtime throws otherwise.
 */
export async function checkpoint(runtime: Runtime, id: string, options: CheckpointOptions & RuntimeCallOptions): Promise<void> {
  for (const folder of [options.imagePath, options.workPath]) mkdirSync(folder, { recursive: true, mode: 0o700 })
  try {
    await runtime.checkpoint(id, options)
  } catch (error) {
    throw criuFailure(error, id, 'checkpoint', path.join(options.workPath, 'dump.log'))
  }
}

/** The error of a failed checkpoint or restore, with what CRIU's log (dump.log or restore.log in the work path) says. */
export function criuFailure(error: unknown, id: string, action: 'checkpoint' | 'restore', log: string): EngineError {
  const failure = EngineError.from(error)
  if (failure.code !== 'RuntimeFailed' && failure.code !== 'CommandNotFound') return failure
  const reason = criuReason(log) ?? failure.message
  return new EngineError('CheckpointFailed', `CRIU could not ${action} container ${id}: ${reason}`, {
    details: { container: id, log },
    cause: error,
  })
}

/** The first errors in a CRIU log, where the reason is; later ones are what followed from it. */
function criuReason(log: string): string | undefined {
  let text: string
  try {
    text = readFileSync(log, 'utf8').slice(-longestLog)
  } catch {
    return undefined
  }
  // Without CAP_SYS_RESOURCE it logs a warning about a limit and goes on.
  const errors = text.split('\n').filter((line) => /\bError \(/.test(line) && !line.includes("Can't setup RLIMIT_NOFILE"))
  const words = errors.map((line) => line.replace(/^.*?\bError \([^)]*\):\s*/, '').trim())
  if (words.length === 0) return undefined
  // Seen with 4.1.1 on Linux 6.18, for every socket of a network.
  const tooOld = words.some((line) => /Can't get \d+:\d+ opt/.test(line))
    ? ' (this CRIU is too old for the sockets of this kernel: 4.2 or newer is needed)'
    : ''
  return words.slice(0, 3).join('; ') + tooOld
}
