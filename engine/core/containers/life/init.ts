import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { createContainer as createByMonitor, type MonitorLog } from '../../../adapters/conmon.ts'
import { monitorScope } from '../../../adapters/systemd.ts'
import type { CallOptions } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { cgroupOfProcess } from '../../../lib/cgroup.ts'
import { bootId } from '../../../lib/process.ts'
import { mount, mountFlags } from '../../../lib/sys.ts'
import { containerById, type ContainerRecord, type ContainerRunState, updateState } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { beginNetwork, netnsFile, type NetworkBeginning } from '../../networks/set-up.ts'
import { containerPaths } from '../../paths.ts'
import { containerEvent } from '../event.ts'
import { ensureWorkdir, folderInside } from '../spec/rootfs.ts'
import type { ManagedFiles } from '../spec/mounts.ts'
import { runtimeSpec } from '../spec/runtime-spec.ts'
import { lookUpUser } from '../spec/user.ts'
import { copyUpVolumes } from '../volumes.ts'
import { exitCommand } from './exit-command.ts'
import { freeRemains, freeRun } from './free.ts'
import { managedFiles, writeRunFiles } from './run-files.ts'

export interface InitOptions extends CallOptions {
  /** Restores a checkpoint instead of creating: the container then runs. */
  restore?: { imagePath: string; runtimeOptions?: readonly string[]; environment?: Record<string, string> }
  /** Done once the root file system and /dev/shm are mounted: a restore fills the latter. */
  onceMounted?: () => Promise<void>
  /** Whether this process is attached to it from the beginning, and so will see its end. */
  attended?: boolean
  /** Counted when the restart policy starts it again. */
  restarts?: number
  /** Changed in the runtime's spec before it is written, e.g. annotations for CRIU. */
  annotations?: Record<string, string>
}

/**
 * Makes a container ready: file system mounted, network connected, monitor and runtime holding its process before its
 * first instruction. Its lock must be held, and it must not run. On failure nothing of the attempt is left, and the
 * record says why.
 *
 * @returns the record, `initialized` (with `restore`: `running`).
 */
export async function initLocked(context: Context, record: ContainerRecord, options: InitOptions = {}): Promise<ContainerRecord> {
  const { id } = record
  await freeRemains(context, record)
  prepareFolders(context, id)
  // Kept up to date in this copy, so that a failure at any step is undone by what is known then.
  const attempt: ContainerRecord = structuredClone(record)
  const network = beginNetwork(context, attempt, options.signal)
  try {
    const files = await prepareRootfs(context, attempt, options)
    const facts = await connectAndCreate(context, attempt, network, files, options)
    await context.database.transaction(() => updateState(context.database, id, facts))
  } catch (error) {
    // What is still being made has to be there before it can be unmade.
    const [, connected] = await Promise.allSettled([network.begun, network.ready])
    if (connected.status === 'fulfilled') Object.assign(attempt.state, connected.value.state)
    await undo(context, attempt, error)
    throw error
  } finally {
    await network.begun.then(
      ({ reservation }) => reservation.close(),
      () => {},
    )
  }
  const ready = containerById(context.database, id) as ContainerRecord
  containerEvent(context, ready, 'init')
  return ready
}

function prepareFolders(context: Context, id: string): void {
  const paths = containerPaths(context, id)
  for (const folder of [paths.run, paths.persist, paths.exits, paths.bundle]) mkdirSync(folder, { recursive: true, mode: 0o700 })
  // Left by an earlier run: conmon would refuse its own names, and a reader would take the old exit for the new one.
  for (const name of ['attach', 'ctl', 'winsz', 'oom']) rmSync(path.join(paths.bundle, name), { force: true })
  for (const file of [path.join(paths.exits, id), path.join(paths.persist, 'oom'), paths.ociLog]) rmSync(file, { force: true })
}

/** Mounts the file system and writes the runtime's spec. */
async function prepareRootfs(context: Context, record: ContainerRecord, options: InitOptions): Promise<ManagedFiles> {
  const { config, id } = record
  const paths = containerPaths(context, id)
  const rootfs = config.rootfs === '' ? (await context.layers()).mountSnapshot(id, { volatile: config.autoRemove }) : config.rootfs
  record.state.mounted = true
  mountShm(record, paths.shm)
  await options.onceMounted?.()
  const user = lookUpUser(rootfs, config.user, config.spec.groups ?? [])
  await copyUpVolumes(context, config.mounts, (place) => folderInside(rootfs, place))
  ensureWorkdir(
    rootfs,
    config.workdir,
    user,
    config.mounts.map(({ destination }) => destination),
    id,
  )
  const files = await managedFiles(context, record)
  const { mode } = config.namespaces.net
  const netns = mode === 'bridge' || mode === 'pasta' ? netnsFile(context, id) : ''
  const spec = await runtimeSpec(context, record, { rootfs, user, netns, files })
  Object.assign(spec.annotations, options.annotations)
  writeFileSync(path.join(paths.bundle, 'config.json'), JSON.stringify(spec), { mode: 0o600 })
  return files
}

function mountShm({ config }: ContainerRecord, folder: string): void {
  const { mode } = config.namespaces.ipc
  if (mode !== 'private' && mode !== 'shareable' && mode !== 'none') return
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  mount('shm', folder, 'tmpfs', mountFlags.noSuid | mountFlags.noDev | mountFlags.noExec, `mode=1777,size=${config.shmSize}`)
}

/** The runtime's work and the network's go side by side; a restored process needs its network from its first moment. */
async function connectAndCreate(
  context: Context,
  record: ContainerRecord,
  network: NetworkBeginning,
  files: ManagedFiles,
  options: InitOptions,
): Promise<Partial<ContainerRunState>> {
  const { reservation } = await network.begun
  const connecting = network.ready.then(async ({ state }) => {
    Object.assign(record.state, state)
    await writeRunFiles(context, record, files, state.networks)
  })
  // Awaited below, unless something fails before that.
  connecting.catch(() => {})
  if (options.restore) await connecting
  else await writeRunFiles(context, record, files, {})
  const starting = startMonitor(context, record, reservation.descriptors, options)
  // Loaded while others work: whoever makes a container ready mostly starts it next, and waits for it.
  void Promise.allSettled([import('../start.ts'), import('../wait.ts')])
  const [created, connected] = await Promise.allSettled([starting, connecting])
  if (connected.status === 'rejected') throw connected.reason
  if (created.status === 'rejected') throw created.reason
  return { ...created.value, netnsPath: record.state.netnsPath, networks: record.state.networks }
}

async function startMonitor(
  context: Context,
  record: ContainerRecord,
  descriptors: readonly number[],
  options: InitOptions,
): Promise<Partial<ContainerRunState>> {
  const { config, id, name } = record
  const paths = containerPaths(context, id)
  const runtime = await context.runtime({ program: config.runtime, cgroupManager: config.cgroupManager })
  const monitored = await createByMonitor({
    id,
    name,
    runtime,
    bundle: paths.bundle,
    pidFile: paths.pidFile,
    conmonPidFile: paths.conmonPidFile,
    exitDir: paths.exits,
    persistDir: paths.persist,
    ociLog: paths.ociLog,
    log: monitorLog(record),
    terminal: config.terminal,
    stdin: config.stdin,
    exitCommand: exitCommand(context, record, options.attended),
    timeout: config.spec.timeout || undefined,
    extraDescriptors: descriptors,
    scope: monitorScope(runtime.cgroupManager, { id, kind: 'conmon', rootless: context.identity.rootless }),
    restore: options.restore,
    environment: options.restore?.environment,
    signal: options.signal,
  })
  return {
    status: options.restore ? 'running' : 'initialized',
    bootId: bootId(),
    pid: monitored.pid,
    pidStart: monitored.startTime ?? '',
    conmonPid: monitored.conmonPid,
    conmonPidStart: monitored.conmonStartTime ?? '',
    mounted: true,
    error: '',
    oomKilled: false,
    cgroupPath: config.cgroupManager === 'disabled' ? '' : cgroupPathOf(context, monitored.pid),
  }
}

function monitorLog({ config: { log } }: ContainerRecord): MonitorLog {
  const tag = log.tag === '' ? undefined : log.tag
  switch (log.driver) {
    case 'none':
    case 'passthrough':
      return { driver: log.driver }
    case 'journald':
      return { driver: 'journald', tag }
    default:
      return { driver: 'k8s-file', path: log.path, maxBytes: log.maxSize > 0 ? log.maxSize : undefined, tag }
  }
}

/** Below the mount point of every tree it is in. */
function cgroupPathOf({ cgroups }: Context, pid: number): string {
  const folders = cgroupOfProcess(cgroups, pid)?.folders ?? {}
  const [controller, folder] =
    folders['unified'] !== undefined ? (['', folders['unified']] as const) : (['memory', folders['memory']] as const)
  return folder === undefined ? '' : `/${path.relative(path.join(cgroups.root, controller), folder)}`
}

/** Frees what a failed attempt made, and leaves the reason in the record. */
async function undo(context: Context, attempt: ContainerRecord, error: unknown): Promise<void> {
  try {
    await freeRun(context, attempt)
  } catch (failure) {
    context.log.warn('a failed start left something behind', { object: attempt.id, reason: (failure as Error).message })
  }
  const { code, message } = EngineError.from(error)
  const exitCode = code === 'CommandNotFound' ? 127 : code === 'CommandNotExecutable' ? 126 : attempt.state.exitCode
  await context.database
    .transaction(() => {
      if (containerById(context.database, attempt.id))
        updateState(context.database, attempt.id, { error: message, exitCode, netnsPath: '', networks: {}, mounted: false })
    })
    .catch(() => {})
}
