import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { EngineError } from '../errors/index.ts'
import { writeFileAtomicSync } from '../lib/atomic-file.ts'
import type { Cgroups } from '../lib/cgroup.ts'
import { run } from '../lib/exec.ts'
import type { CgroupsMode, CheckpointOptions, Runtime, RuntimeCallOptions } from './runtime.ts'

/** The annotation by which both runtimes are told of a CRIU configuration file of our own. */
export const criuConfigAnnotation = 'org.criu.config'

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
  if (!version) throw new EngineError('ProgramFailed', `criu does not tell its version: ${stdout.trim().slice(0, 200)}`)
  const [major, minor] = [Number(version[1]), Number(version[2])]
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    throw new EngineError('NotSupported', `criu ${major}.${minor} is too old to checkpoint containers; install ${oldest.join('.')} or newer.`)
  }
  return version[0].replace(/Version:\s*/, '')
}

/**
 * Writes the configuration file that a container's {@link criuConfigAnnotation} names, and returns its path. Network
 * connections are locked through nftables, since by default CRIU starts iptables, which new systems do not have.
 */
export function writeCriuConfig(folder: string): string {
  const file = path.join(folder, 'criu.conf')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileAtomicSync(file, 'network-lock nftables\n', { mode: 0o644 })
  return file
}

/**
 * How CRIU is to treat cgroups here. On a hybrid host its own way cannot work and leaves copies of the whole cgroup2
 * tree behind; the runtimes put the processes into their cgroup in any case.
 */
export function criuCgroupsMode(cgroups: Cgroups): CgroupsMode | undefined {
  return cgroups.mode === 'hybrid' ? 'ignore' : undefined
}

/** What a restore's {@link CreateOptions.restore} takes as `runtimeOptions`, for the same choices as at the checkpoint. */
export function restoreArguments(options: Pick<CheckpointOptions, 'workPath' | 'tcpEstablished' | 'fileLocks' | 'shellJob' | 'externalUnixSockets' | 'manageCgroups'>): string[] {
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
 * If it fails the container goes on as before.
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
  return new EngineError('CheckpointFailed', `CRIU could not ${action} container ${id}: ${reason}`, { details: { container: id, log }, cause: error })
}

/** The first errors in a CRIU log, where the reason is; later ones are what followed from it. */
function criuReason(log: string): string | undefined {
  let text: string
  try {
    text = readFileSync(log, 'utf8').slice(-longestLog)
  } catch {
    return undefined
  }
  const errors = text.split('\n').filter((line) => /\bError \(/.test(line))
  const words = errors.map((line) => line.replace(/^.*?\bError \([^)]*\):\s*/, '').trim())
  return words.length > 0 ? words.slice(0, 3).join('; ') : undefined
}
