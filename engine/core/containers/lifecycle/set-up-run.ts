import { closeSync, constants, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { createContainer as createByMonitor, type CreateOptions, type MonitorLog } from '../../../adapters/conmon/index.ts'
import { monitorScope } from '../../../adapters/systemd.ts'
import type { CallOptions } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { cgroupOfProcess } from '../../../lib/cgroup/index.ts'
import { callersDescriptors } from '../../../lib/process/descriptors.ts'
import { bootId } from '../../../lib/process/process.ts'
import { mount, mountFlags } from '../../../lib/sys/index.ts'
import { parsePairs } from '../../../spec/pair.ts'
import { containerById, type ContainerRecord, type ContainerRunState, updateState } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { startNetworkSetup, netnsFile, type PendingNetwork } from '../../networks/set-up.ts'
import { containerPaths } from '../../paths.ts'
import { fillVolumes, withVolumeLocks } from '../../volumes/use.ts'
import { containerEvent } from '../records/event.ts'
import { snapshotOf } from '../records/snapshot.ts'
import { isPrepared } from '../mounts/runtime-source.ts'
import { requestedPidFiles } from '../resolve/pid-files.ts'
import { isCdiName } from '../spec/cdi-name.ts'
import { ensureWorkdir, linkMtab, folderInside } from '../spec/rootfs.ts'
import { byDepth, type ManagedFiles } from '../spec/mounts.ts'
import type { OciSpec } from '../spec/oci.ts'
import { ociJson } from '../spec/oci-json.ts'
import { readInside } from '../spec/read-inside.ts'
import { notifyHostFolder, runtimeSpec } from '../spec/runtime-spec.ts'
import { ownerOutside, reachesEngine } from '../user-namespaces/outside.ts'
import { addAccounts, userIn } from './add-accounts.ts'
import { forgetExit } from './attended-exits.ts'
import { exitCommand } from './exit-command.ts'
import { freeRemains, freeRun } from './free.ts'
import { enterSupervisor, isSplit, payloadGroup } from './split-cgroup.ts'
import { hookFolders, mountsConfFiles } from './host-additions.ts'
import { managedFiles, writeRunFiles } from './run-files.ts'

export interface InitOptions extends CallOptions {
  /** Restores a checkpoint instead of creating: the container then runs. */
  restore?: { imagePath: string; runtimeOptions?: readonly string[]; environment?: Record<string, string> }
  /** Done once the root file system and /dev/shm are mounted: a restore fills the latter. */
  onceMounted?: () => Promise<void>
  /** Whether this process stays attached to it, and so sees its exit. */
  attended?: boolean
  /** Incremented when the restart policy restarts it. */
  restarts?: number
  /** Changed in the runtime's spec before it is written, e.g. annotations for CRIU. */
  annotations?: Record<string, string>
}

/**
 * Initializes a container: mounts its file system, connects its network, and has monitor and runtime create its process, which is
 * not started. Its lock must be held, and it must not run. A failed attempt leaves nothing behind but its reason in the record.
 *
 * @returns the record, `initialized` (with `restore`: `running`).
 */
export async function initLocked(context: Context, record: ContainerRecord, options: InitOptions = {}): Promise<ContainerRecord> {
  const { id } = record
  await freeRemains(context, record)
  prepareFolders(context, record)
  if (record.pod !== null && !isSplit(record)) await (await import('../../pods/cgroup.ts')).preparePodCgroup(context, record.pod)
  // This copy is kept up to date, so that a failure at any step can be undone.
  const attempt: ContainerRecord = structuredClone(record)
  const network = startNetworkSetup(context, attempt, { signal: options.signal, byRuntime: ownsNetwork(attempt, options) })
  try {
    const rootfs = await mountRootfs(context, attempt, options)
    const make = async () => {
      const files = await prepareSpec(context, attempt, rootfs, options)
      const facts = await connectAndCreate(context, attempt, network, files, options)
      // Before the volumes' locks are released: who unmounts one looks here for whether it is in use.
      await context.database.transaction(() => updateState(context.database, id, facts))
    }
    await withVolumeLocks(context, attempt.config.mounts, make, options.signal)
  } catch (error) {
    network.fail(error)
    // What is still being created must be complete before it can be undone.
    const [, connected] = await Promise.allSettled([network.created, network.ready])
    if (connected.status === 'fulfilled') Object.assign(attempt.state, connected.value.state)
    forgetExit(context, id)
    await undo(context, attempt, error)
    throw error
  } finally {
    await network.created.then(
      ({ reservation }) => reservation.close(),
      () => {},
    )
  }
  const ready = containerById(context.database, id) as ContainerRecord
  containerEvent(context, ready, 'init')
  return ready
}

/** A network namespace belongs to the user namespace in which it is made; only there can the container mount its /sys. */
function ownsNetwork({ config }: ContainerRecord, { restore }: InitOptions): boolean {
  return config.idMappings !== undefined && restore === undefined
}

function prepareFolders(context: Context, { id, config }: ContainerRecord): void {
  const paths = containerPaths(context, id)
  for (const folder of [paths.run, paths.persist, paths.exits, paths.bundle]) mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (config.notify?.mode === 'container') {
    rmSync(notifyHostFolder(paths.bundle), { recursive: true, force: true })
    mkdirSync(notifyHostFolder(paths.bundle), { mode: 0o755 })
  }
  // Left by an earlier run: conmon would refuse its own names, and a reader would take the old exit for the new one.
  for (const name of ['attach', 'ctl', 'winsz', 'oom']) rmSync(path.join(paths.bundle, name), { force: true })
  for (const file of [path.join(paths.exits, id), path.join(paths.persist, 'oom'), paths.ociLog]) rmSync(file, { force: true })
}

/** Mounts the file system, and fills volumes from it. @returns where it is. */
async function mountRootfs(context: Context, record: ContainerRecord, options: InitOptions): Promise<string> {
  const { config, id } = record
  const paths = containerPaths(context, id)
  const rootfs =
    config.rootfs === ''
      ? (await context.layers()).mountSnapshot(snapshotOf(record), { volatile: config.autoRemove || config.spec.volatile })
      : await ownRootfs(context, record)
  record.state.mounted = true
  mountShm(record, paths.shm)
  await options.onceMounted?.()
  const owner = () => ownerOutside(config, userIn(record, rootfs))
  await fillVolumes(context, config.mounts, (place) => folderInside(rootfs, place), { owner, signal: options.signal })
  return rootfs
}

function usesImageHosts({ config: { spec } }: ContainerRecord): boolean {
  return spec.base_hosts_file === 'image'
}

async function ownRootfs(context: Context, record: ContainerRecord): Promise<string> {
  const { rootfs, spec } = record.config
  if (!spec.rootfs_overlay && typeof spec.rootfs_mapping !== 'string') return rootfs
  return (await import('../mounts/own-rootfs.ts')).mountOwnRootfs(context, record)
}

/** Prepares the mounts and writes the runtime's spec. */
async function prepareSpec(
  context: Context,
  record: ContainerRecord,
  rootfs: string,
  options: InitOptions,
): Promise<ManagedFiles> {
  const { config, id } = record
  const { user, ...accounts } = addAccounts(context, record, rootfs)
  const owner = ownerOutside(config, user)
  if (config.mounts.some(isPrepared))
    await (await import('../mounts/prepare.ts')).prepareMounts(context, record, owner, options.signal)
  ensureWorkdir(
    rootfs,
    config.workdir,
    // One that the caller names is not made: it may be a mistake.
    config.spec.work_dir ? undefined : owner,
    config.mounts.map(({ destination }) => destination),
    id,
  )
  // A folder that the caller gave is left as it is.
  if (config.rootfs === '' && !config.isInfra) linkMtab(rootfs, ownerOutside(config, { uid: 0, gid: 0 }))
  const files = { ...(await managedFiles(context, record)), ...accounts }
  if (usesImageHosts(record)) files.imageHosts = readInside(rootfs, 'etc/hosts', { device: 'empty' })
  const { mode } = config.namespaces.net
  const netns = (mode === 'bridge' || mode === 'pasta') && !ownsNetwork(record, options) ? netnsFile(context, id) : ''
  const root = reachesEngine(config)
    ? rootfs
    : (await import('../user-namespaces/reachable-rootfs.ts')).reachableRootfs(context, record, rootfs)
  const spec = await runtimeSpec(context, record, { rootfs: root, user, netns, files, ...splitPath(context, record) })
  Object.assign(spec.annotations, options.annotations)
  await addSubscriptions(context, record, spec)
  await addSecrets(context, record, spec, options)
  await addDevices(context, record, spec)
  const folders = await hookFolders(context)
  const final =
    folders.length === 0 ? spec : await (await import('./add-hooks.ts')).addHooks(context, record, folders, spec, options.signal)
  const { bundle, poststop } = containerPaths(context, id)
  if (final.hooks?.poststop?.length) writeFileSync(poststop, '')
  writeFileSync(path.join(bundle, 'config.json'), ociJson(final), { mode: 0o600 })
  return files
}

function splitPath(context: Context, record: ContainerRecord): { cgroupsPath?: string } {
  return isSplit(record) ? { cgroupsPath: payloadGroup(context, record.id) } : {}
}

/** What the administrator gives every container: mounts.conf. */
async function addSubscriptions(context: Context, { id, config }: ContainerRecord, spec: OciSpec): Promise<void> {
  const files = mountsConfFiles(context.identity, context.options.defaultMountsFile)
  if (files.length === 0 || config.isInfra) return
  const { copySubscriptions, readMountsConf } = await import('../mounts/subscriptions.ts')
  const wanted = (await readMountsConf(files)).filter(
    ({ destination }) => !spec.mounts.some((mount) => mount.destination === destination),
  )
  const mounts = copySubscriptions(wanted, `${containerPaths(context, id).run}/subscriptions`, (source, reason) =>
    context.log.debug(`What mounts.conf names is left out: ${source}`, { object: id, reason }),
  )
  spec.mounts = byDepth([...spec.mounts, ...mounts])
}

async function addSecrets(context: Context, record: ContainerRecord, spec: OciSpec, { signal }: InitOptions): Promise<void> {
  const { config } = record
  // Also where all are variables: the list is then empty, and there.
  if (config.secrets === undefined) return
  const { addSecretVariables, secretMounts } = await import('../mounts/secrets.ts')
  const isTaken = (place: string) => spec.mounts.some(({ destination }) => destination === place)
  spec.mounts = byDepth([...spec.mounts, ...secretMounts(context, record, isTaken)])
  await addSecretVariables(context, config.spec, spec.process, signal)
}

async function addDevices(context: Context, { config }: ContainerRecord, spec: OciSpec): Promise<void> {
  const devices = config.spec.devices ?? []
  if (!devices.some(({ path: name }) => isCdiName(name))) return
  const { applyCdi, cdiEdits, cdiNames } = await import('../spec/cdi.ts')
  applyCdi(spec, await cdiEdits(context, cdiNames(devices)), context.identity.rootless)
}

function mountShm({ config }: ContainerRecord, folder: string): void {
  const { mode } = config.namespaces.ipc
  if (mode !== 'private' && mode !== 'shareable') return
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid, gid } = ownerOutside(config, { uid: 0, gid: 0 })
  const owner = config.idMappings ? `,uid=${uid},gid=${gid}` : ''
  mount(
    'shm',
    folder,
    'tmpfs',
    mountFlags.noSuid | mountFlags.noDev | mountFlags.noExec,
    `mode=1777,size=${config.shmSize}${owner}`,
  )
}

/** Runtime and network are set up concurrently; a restored process needs its network from the start. */
async function connectAndCreate(
  context: Context,
  record: ContainerRecord,
  network: PendingNetwork,
  files: ManagedFiles,
  options: InitOptions,
): Promise<Partial<ContainerRunState>> {
  const { reservation } = await network.created
  const connecting = network.ready.then(async ({ state }) => {
    Object.assign(record.state, state)
    await writeRunFiles(context, record, files, state.networks)
  })
  // Awaited below, unless something fails before that.
  connecting.catch(() => {})
  if (options.restore) await connecting
  else await writeRunFiles(context, record, files, {})
  const starting = startMonitor(context, record, reservation.descriptors, options)
  starting.then(({ pid = 0 }) => network.joinProcess(pid), network.fail)
  context.effects.preloadStart()
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
  if (isSplit(record)) enterSupervisor(context)
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
    log: await monitorLog(context, record),
    terminal: config.terminal,
    stdin: config.stdin,
    exitCommand: exitCommand(context, record, options.attended),
    timeout: config.spec.timeout || undefined,
    // A restart by its policy has none to pass on.
    preserved: callersDescriptors(config.spec.preserve_fd, context.service),
    extraDescriptors: descriptors,
    scope:
      config.spec.cgroups_mode === 'no-conmon'
        ? undefined
        : monitorScope(runtime.cgroupManager, { id, kind: 'conmon', rootless: context.identity.rootless }),
    sdnotifySocket: config.notify?.mode === 'container' ? config.notify.socket : undefined,
    restore: options.restore,
    ...(await ofConf(context, options)),
    signal: options.signal,
  })
  tellPids(record, { pid_file: monitored.pid, conmon_pid_file: monitored.conmonPid })
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

/** What containers.conf says of monitors. */
async function ofConf(context: Context, { restore }: InitOptions): Promise<Pick<CreateOptions, 'noNewKeyring' | 'environment'>> {
  const { containers, engine } = await context.conf()
  const environment = { ...parsePairs(engine.conmonEnvVars ?? [], 'variable'), ...restore?.environment }
  return { noNewKeyring: containers.keyring === false, environment }
}

/** The monitor's own file stays ours: no other file decides which process is killed. */
function tellPids({ config }: ContainerRecord, pids: Record<'pid_file' | 'conmon_pid_file', number>): void {
  for (const { field, file } of requestedPidFiles(config.spec)) {
    try {
      writePid(file, pids[field])
    } catch (cause) {
      const message = `The process id cannot be written to ${file}: ${(cause as Error).message}`
      throw new EngineError('InvalidArgument', message, { details: { field, file }, cause })
    }
  }
}

/** A FIFO without a reader is an error, not a reason to wait. */
function writePid(file: string, pid: number): void {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NONBLOCK } = constants
  const descriptor = openSync(file, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, 0o644)
  try {
    writeFileSync(descriptor, String(pid))
  } finally {
    closeSync(descriptor)
  }
}

async function monitorLog(context: Context, { id, config: { log } }: ContainerRecord): Promise<MonitorLog> {
  switch (log.driver) {
    case 'none':
      return { driver: log.driver }
    case 'passthrough':
    case 'passthrough-tty':
      if (!context.service) return { driver: 'passthrough' }
      throw new EngineError(
        'NotSupported',
        `The output of container ${id} goes to the caller of a command (--log-driver ${log.driver}): start it by a command.`,
        { details: { container: id, driver: log.driver } },
      )
    case 'journald': {
      if (!log.tag.includes('{{')) return { driver: 'journald', tag: log.tag || undefined }
      const [{ inspect }, { fillTag }] = await Promise.all([import('../inspect.ts'), import('./log-tag.ts')])
      return { driver: 'journald', tag: fillTag(log.tag, await inspect(context, { name: id, size: false }, {})) }
    }
    default:
      mkdirSync(path.dirname(log.path), { recursive: true, mode: 0o700 })
      return { driver: 'k8s-file', path: log.path, maxBytes: log.maxSize > 0 ? log.maxSize : undefined }
  }
}

/** Below the mount point of every tree it is in. */
export function cgroupPathOf({ cgroups }: Context, pid: number): string {
  const folders = cgroupOfProcess(cgroups, pid)?.folders ?? {}
  const [controller, folder] =
    folders['unified'] !== undefined ? (['', folders['unified']] as const) : (['memory', folders['memory']] as const)
  return folder === undefined ? '' : `/${path.relative(path.join(cgroups.root, controller), folder)}`
}

/** Frees what a failed attempt created, and leaves the reason in the record. */
async function undo(context: Context, attempt: ContainerRecord, error: unknown): Promise<void> {
  try {
    await freeRun(context, attempt)
  } catch (failure) {
    context.log.warn('a failed start could not be cleaned up', { object: attempt.id, reason: (failure as Error).message })
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
