import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { EngineError } from '../errors/index.ts'
import type { Cgroups } from '../lib/cgroup/index.ts'
import { plainEnvironment, programMissing, run, which } from '../lib/process/exec.ts'
import { randomToken } from '../lib/random-id.ts'
import { runtimeError } from './runtime-errors.ts'

/**
 * What creates and limits a container's cgroup: the runtime itself, systemd on its behalf, or none, for a user without a delegated
 * cgroup: the container then stays in its monitor's.
 */
export type CgroupManager = 'cgroupfs' | 'systemd' | 'disabled'

export interface RuntimeOptions {
  /** The folder of the runtime's own state, on a file system that a reboot empties: RUN/runtime. Made when missing. */
  root: string
  cgroups: Cgroups
  cgroupManager: CgroupManager
  /** A name or path that replaces the choice between crun and runc. */
  program?: string
  /** More global flags, without their leading dashes: `log=/tmp/x`. */
  flags?: readonly string[]
}

/** The runtime's view of a container (OCI runtime-spec, runtime.md#state). */
export interface RuntimeState {
  id: string
  status: 'creating' | 'created' | 'running' | 'paused' | 'stopped'
  /** 0 when it has no process. */
  pid: number
}

export interface CheckpointOptions {
  /** Where CRIU's images are written; the folder must exist. */
  imagePath: string
  /** Where CRIU's log and statistics go; the folder must exist. */
  workPath: string
  leaveRunning?: boolean
  tcpEstablished?: boolean
  fileLocks?: boolean
  /** For a container whose terminal comes from outside of it. */
  shellJob?: boolean
  externalUnixSockets?: boolean
  /** Leaves images for a later checkpoint and the container running. */
  preDump?: boolean
  /** A pre-dump's folder, relative to imagePath. */
  parentPath?: string
  /** See `criuCgroupsMode` in adapters/criu.ts. */
  manageCgroups?: CgroupsMode
  /** From `criuEnvironment` in adapters/criu.ts. */
  environment?: Record<string, string>
}
export type CgroupsMode = 'soft' | 'ignore' | 'full' | 'strict'

export interface RuntimeCallOptions {
  signal?: AbortSignal
}

/**
 * The OCI runtime of this host. Creating containers and exec sessions is conmon's part (adapters/conmon.ts), which gets `program`
 * and `globalArguments`. Every call throws {@link runtimeError}'s errors, ProgramMissing, or Cancelled.
 */
export interface Runtime {
  /** `crun`, `runc`, or the base name of the program given. */
  readonly name: string
  readonly program: string
  readonly root: string
  readonly cgroupManager: CgroupManager
  /** What goes before the command: `--root` and the cgroup manager. */
  readonly globalArguments: readonly string[]
  /** Starts the process of a created container. */
  start(id: string, options?: RuntimeCallOptions): Promise<void>
  /** Sends a signal, by number, to the first process, or to all with `all`. */
  kill(id: string, signal: number, options?: RuntimeCallOptions & { all?: boolean }): Promise<void>
  /** Deletes a stopped container, or with `force` kills and deletes it; an unknown container is success. */
  delete(id: string, options?: RuntimeCallOptions & { force?: boolean }): Promise<void>
  /** `null` if it does not know the container. */
  state(id: string, options?: RuntimeCallOptions): Promise<RuntimeState | null>
  pause(id: string, options?: RuntimeCallOptions): Promise<void>
  resume(id: string, options?: RuntimeCallOptions): Promise<void>
  /** Sets limits: an object as `linux.resources` of the OCI runtime specification. */
  update(id: string, resources: object, options?: RuntimeCallOptions): Promise<void>
  checkpoint(id: string, options: CheckpointOptions & RuntimeCallOptions): Promise<void>
}

const checkpointTimeout = 30 * 60_000

/**
 * The runtime of this host: crun, or runc where crun is missing or refuses (a cgroup2 tree with controllers beside v1
 * trees, which crun does not support), or the one asked for.
 *
 * @throws ProgramMissing
 */
export function openRuntime(options: RuntimeOptions): Runtime {
  const program = findRuntime(options)
  const { root, cgroupManager } = options
  mkdirSync(root, { recursive: true, mode: 0o700 })
  const settings: Settings = {
    name: path.basename(program),
    program,
    root,
    cgroupManager,
    globalArguments: [
      '--root',
      root,
      ...cgroupArguments(path.basename(program), cgroupManager),
      ...(options.flags ?? []).map((flag) => (flag.startsWith('-') ? flag : `--${flag}`)),
    ],
  }
  return {
    ...settings,
    start: (id, call) => invoke(settings, 'start', id, [], call),
    kill: (id, signal, call) => kill(settings, id, signal, call),
    delete: (id, call) => remove(settings, id, call),
    state: (id, call) => state(settings, id, call),
    pause: (id, call) => invoke(settings, 'pause', id, [], call),
    resume: (id, call) => invoke(settings, 'resume', id, [], call),
    update: (id, resources, call) => update(settings, id, resources, call),
    checkpoint: (id, call) => invoke(settings, 'checkpoint', id, checkpointFlags(call), { ...call, timeout: checkpointTimeout }),
  }
}

type Settings = Pick<Runtime, 'name' | 'program' | 'root' | 'cgroupManager' | 'globalArguments'>
type InvokeOptions = RuntimeCallOptions & { timeout?: number; after?: string[]; environment?: Record<string, string> }

function findRuntime({ program, cgroups }: RuntimeOptions): string {
  const refusesCrun = cgroups.mode === 'hybrid' && cgroups.unifiedControllers.length > 0
  const candidates = program ? [program] : refusesCrun ? ['runc'] : ['crun', 'runc']
  for (const candidate of candidates) {
    const found = which(candidate)
    if (found) return found
  }
  throw programMissing(candidates[0] as string)
}

// runc needs no option for that: rootless, it goes on where it may not make a cgroup.
function cgroupArguments(name: string, manager: CgroupManager): string[] {
  if (manager === 'systemd') return ['--systemd-cgroup']
  return manager === 'disabled' && name === 'crun' ? ['--cgroup-manager=disabled'] : []
}

/** Runs `COMMAND FLAGS ID AFTER`. */
async function invoke(
  settings: Settings,
  action: string,
  id: string,
  flags: string[],
  options: InvokeOptions = {},
): Promise<void> {
  await ask(settings, action, id, flags, options)
}

async function ask(settings: Settings, action: string, id: string, flags: string[], options: InvokeOptions): Promise<string> {
  const args = ['--log-format=json', ...settings.globalArguments, action, ...flags, id, ...(options.after ?? [])]
  const result = await run(settings.program, args, {
    env: runtimeEnvironment(options.environment),
    signal: options.signal,
    timeout: options.timeout,
  })
  if (result.code === 0) return result.stdout
  throw runtimeError({ runtime: settings.name, action, id }, result.stderr, `it ended with status ${result.code}`)
}

/** Variables passed to runtimes and conmon: the bus for systemd's cgroups, and where to find criu. */
export function runtimeEnvironment(extra: Record<string, string> = {}): Record<string, string> {
  return plainEnvironment({ DBUS_SESSION_BUS_ADDRESS: process.env['DBUS_SESSION_BUS_ADDRESS'], ...extra })
}

async function kill(
  settings: Settings,
  id: string,
  signal: number,
  options: RuntimeCallOptions & { all?: boolean } = {},
): Promise<void> {
  await invoke(settings, 'kill', id, options.all ? ['--all'] : [], { signal: options.signal, after: [String(signal)] })
}

async function remove(settings: Settings, id: string, options: RuntimeCallOptions & { force?: boolean } = {}): Promise<void> {
  try {
    await invoke(settings, 'delete', id, options.force ? ['--force'] : [], options)
  } catch (error) {
    if (!EngineError.is(error, 'ContainerNotFound')) throw error
  }
}

async function state(settings: Settings, id: string, options: RuntimeCallOptions = {}): Promise<RuntimeState | null> {
  let text: string
  try {
    text = await ask(settings, 'state', id, [], options)
  } catch (error) {
    if (EngineError.is(error, 'ContainerNotFound')) return null
    throw error
  }
  const answer = JSON.parse(text) as Partial<RuntimeState>
  const { status } = answer
  if (status !== 'creating' && status !== 'created' && status !== 'running' && status !== 'paused' && status !== 'stopped') {
    throw runtimeError({ runtime: settings.name, action: 'state', id }, '', `it answered the unknown state "${String(status)}"`)
  }
  return { id, status, pid: Number(answer.pid ?? 0) }
}

async function update(settings: Settings, id: string, resources: object, options: RuntimeCallOptions = {}): Promise<void> {
  // By file: the runtimes open /dev/stdin by name, which a socket as stdin does not allow.
  const file = path.join(settings.root, `.update-${randomToken()}.json`)
  try {
    writeFileSync(file, JSON.stringify(resources), { mode: 0o600, flag: 'wx' })
    await invoke(settings, 'update', id, ['--resources', file], options)
  } finally {
    rmSync(file, { force: true })
  }
}

function checkpointFlags(options: CheckpointOptions): string[] {
  const flags = ['--image-path', options.imagePath, '--work-path', options.workPath]
  if (options.leaveRunning) flags.push('--leave-running')
  if (options.tcpEstablished) flags.push('--tcp-established')
  if (options.fileLocks) flags.push('--file-locks')
  if (options.shellJob) flags.push('--shell-job')
  if (options.externalUnixSockets) flags.push('--ext-unix-sk')
  if (options.preDump) flags.push('--pre-dump')
  if (options.parentPath) flags.push('--parent-path', options.parentPath)
  if (options.manageCgroups) flags.push('--manage-cgroups-mode', options.manageCgroups)
  return flags
}
