import { lstatSync, mkdirSync } from 'node:fs'
import path from 'node:path'

import type { Runtime } from '../adapters/runtime.ts'
import { EngineError } from '../errors/index.ts'
import { type Cgroups, detectCgroups } from '../lib/cgroup.ts'
import { type Identity, identity } from '../lib/identity.ts'
import { withLock } from '../lib/lock.ts'
import { createLogger, type Logger, type LogLevel } from '../lib/log.ts'
import type { LayerStore } from '../storage/index.ts'
import { appendEvent, type Database, type NewEvent, openDatabase } from '../store/index.ts'
import type { ContainersConf } from './config/containers-conf.ts'
import { storageSettings } from './config/storage-settings.ts'

export interface ContextOptions {
  /** The store; /var/lib/berth or ~/.local/share/berth. */
  root?: string
  /** What a reboot may empty; /run/berth or $XDG_RUNTIME_DIR/berth. */
  runRoot?: string
  /** The OCI runtime, a name or path; by default crun, or runc where crun refuses. */
  runtime?: string
  cgroupManager?: 'systemd' | 'cgroupfs'
  /** Where user-defined networks are described; /etc/containers/networks, or in the store of an ordinary user. */
  networkConfigDir?: string
  logLevel?: LogLevel
  log?: Logger
  /** The command line that runs this program, before its own arguments: conmon calls it back when a container ends. */
  self?: readonly string[]
  /** Options of the storage driver, `NAME=VALUE`: `additionalimagestore=PATH`, `mountopt=nodev`. */
  storageOptions?: readonly string[]
  /** The process lives on between operations (an agent, an API service): worth a cache or a worker. */
  service?: boolean
}

/** What every verb works on: one store, opened as far as it was needed. */
export interface Context {
  readonly root: string
  readonly runRoot: string
  readonly options: ContextOptions
  readonly identity: Identity
  readonly log: Logger
  readonly service: boolean
  /** How to run this program: `[program, ...arguments]`. */
  readonly self: readonly string[]
  readonly cgroups: Cgroups
  readonly database: Database
  /** Folders of stores whose images are shown too and never written. */
  readonly additionalStores: readonly string[]
  /** File of the events, one JSON document a line (store/events.ts). */
  readonly eventsFile: string
  /** Notes that something happened; after the transaction that made it happen. */
  emit(event: NewEvent): void
  /** Image layers and container file systems. */
  layers(): Promise<LayerStore>
  /** containers.conf, merged from all its places. */
  conf(): Promise<ContainersConf>
  /** The OCI runtime, by default the one for new containers. @throws `ProgramMissing`. */
  runtime(choice?: { program?: string; cgroupManager?: 'systemd' | 'cgroupfs' | 'disabled' }): Promise<Runtime>
  /** `systemd` on a cgroup2 host whose systemd takes our requests, else `cgroupfs`. */
  cgroupManager(): Promise<'systemd' | 'cgroupfs'>
  /**
   * Runs `work` while nobody else, in any process, works on the object: containers, pods, volumes, images by their ids.
   * Not re-entrant. Whoever needs two takes a pod's before its containers', and a container's before what it uses.
   */
  lock<T>(
    kind: LockKind,
    id: string,
    work: () => Promise<T> | T,
    options?: { signal?: AbortSignal; shared?: boolean },
  ): Promise<T>
  /** The file behind {@link lock}. */
  lockFile(kind: LockKind, id: string): string
  /** Frees files and the database. Idempotent; containers run on. */
  close(): Promise<void>
}

export type LockKind = 'container' | 'pod' | 'volume' | 'image' | 'network' | 'global'

/**
 * Opens a store, making it where it is missing. Cheap: what a verb does not need is not loaded.
 *
 * @throws EngineError `StoreUnavailable`, `StoreUnsuitable`, `StoreCorrupt`.
 */
export function openContext(options: ContextOptions = {}): Context {
  const who = identity()
  const storage = storageSettings(who, options)
  const root = path.resolve(options.root ?? storage.root ?? defaultRoot(who))
  const runRoot = path.resolve(options.runRoot ?? storage.runRoot ?? defaultRunRoot(who))
  makeRunRoot(runRoot)
  const database = openDatabase(path.join(root, 'state.db'))
  const lockFile = (kind: LockKind, id: string) => path.join(runRoot, 'locks', `${kind}-${id}`)
  const eventsFile = path.join(root, 'events.jsonl')
  const context: Context = {
    root,
    runRoot,
    options,
    identity: who,
    log: options.log ?? createLogger({ level: options.logLevel ?? 'warn' }),
    service: options.service ?? false,
    self: options.self ?? defaultSelf(),
    get cgroups() {
      return once(this, 'cgroups', detectCgroups)
    },
    database,
    additionalStores: storage.additionalStores,
    eventsFile,
    emit: (event) => appendEvent(eventsFile, event),
    layers: lazy(() => openLayers(context, storage.mountOptions)),
    conf: lazy(async () =>
      (await import('./config/containers-conf.ts')).readContainersConf(who, path.join(runRoot, 'containers-conf.json')),
    ),
    runtime: runtimes(() => context),
    cgroupManager: lazy(async () => (await import('./config/cgroup-manager.ts')).chooseCgroupManager(context)),
    lock: (kind, id, work, lockOptions) => withLock(lockFile(kind, id), work, lockOptions),
    lockFile,
    close: async () => database.close(),
  }
  for (const note of storage.notes) context.log.info(note)
  return context
}

async function openLayers(context: Context, mountOptions: readonly string[]): Promise<LayerStore> {
  const { openLayerStore } = await import('../storage/index.ts')
  if (context.additionalStores.length === 0) return openLayerStore({ root: context.root, mountOptions })
  const { otherLayers } = await import('./images/additional/attached.ts')
  const foreign = (chainId: string) => otherLayers(context, chainId)?.map((layer) => layer.path)
  return openLayerStore({ root: context.root, mountOptions, foreign })
}

function runtimes(context: () => Context): Context['runtime'] {
  const opened = new Map<string, Runtime>()
  return async (choice = {}) => {
    const { options, runRoot, cgroups, cgroupManager, conf } = context()
    const program = choice.program ?? options.runtime ?? process.env['BERTH_RUNTIME'] ?? (await conf()).engine.runtime
    const manager = choice.cgroupManager ?? (await cgroupManager())
    const key = `${program ?? ''} ${manager}`
    const found = opened.get(key)
    if (found) return found
    const { openRuntime } = await import('../adapters/runtime.ts')
    const made = openRuntime({
      root: path.join(runRoot, 'runtime'),
      cgroups,
      cgroupManager: manager === 'systemd' ? 'systemd' : 'cgroupfs',
      program,
    })
    opened.set(key, made)
    return made
  }
}

/** Replaces a getter by its value at the first use. */
function once<T>(holder: object, key: string, make: () => T): T {
  const value = make()
  Object.defineProperty(holder, key, { value })
  return value
}

/** Makes it at the first call; a failure is not kept. */
function lazy<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    })
    return made
  }
}

function defaultRoot({ rootless, home }: Identity): string {
  if (!rootless) return '/var/lib/berth'
  const data = process.env['XDG_DATA_HOME']
  return path.join(data && path.isAbsolute(data) ? data : path.join(home, '.local/share'), 'berth')
}

function defaultRunRoot({ rootless, realUid, uid }: Identity): string {
  if (!rootless) return '/run/berth'
  const runtime = process.env['XDG_RUNTIME_DIR']
  if (runtime && path.isAbsolute(runtime) && isOwn(runtime, uid)) return path.join(runtime, 'berth')
  return `/tmp/berth-run-${realUid}`
}

function isOwn(folder: string, uid: number): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false })
  return found !== undefined && found.isDirectory() && found.uid === uid
}

/** In /tmp anyone may have been there first: a folder that is not ours alone is refused. */
function makeRunRoot(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new EngineError(
      'StoreUnavailable',
      `The folder ${folder} for run-time state cannot be made: ${(cause as Error).message}.`,
      { details: { path: folder }, cause },
    )
  }
  const found = lstatSync(folder)
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0) return
  throw new EngineError(
    'StoreUnavailable',
    `The folder ${folder} for run-time state belongs to someone else; remove it, or set XDG_RUNTIME_DIR.`,
    { details: { path: folder } },
  )
}

/** The program as it was started; run from the sources or from the bundle, its first argument is its main module. */
function defaultSelf(): string[] {
  const launcher = process.env['BERTH_LAUNCHER']
  if (launcher && path.isAbsolute(launcher)) return [launcher]
  const main = process.argv[1]
  return main ? [process.execPath, ...process.execArgv, main] : [process.execPath]
}
