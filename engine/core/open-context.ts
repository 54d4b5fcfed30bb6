import { existsSync, lstatSync, mkdirSync } from 'node:fs'
import path from 'node:path'

import type { Runtime } from '../adapters/runtime.ts'
import { EngineError } from '../errors/index.ts'
import { detectCgroups } from '../lib/cgroup/index.ts'
import { withLock } from '../lib/lock.ts'
import { createLogger, type Logger, type LogLevel } from '../lib/log.ts'
import { type Identity, identity } from '../lib/process/identity.ts'
import type { LayerStore } from '../storage/index.ts'
import { appendEvent, openDatabase } from '../store/index.ts'
import { type StorageSettings, storageSettings } from './config/storage-settings.ts'
import type { Context, ContextOptions, Effects, LockKind } from './context.ts'

/** What {@link Context.call} does. */
export type ContextCall = (context: Context, ...call: Parameters<Context['call']>) => Promise<unknown>

const noCall: ContextCall = () => Promise.reject(new Error('This context was opened without operations.'))

/**
 * Opens a store, making it where it is missing. Cheap: what a verb does not need is not loaded.
 *
 * @throws EngineError `StoreUnavailable`, `StoreUnsuitable`, `StoreCorrupt`.
 */
export function openContext(options: ContextOptions = {}, call: ContextCall = noCall): Context {
  const who = identity()
  const storage = storageSettings(who, options)
  const root = path.resolve(options.root ?? storage.root ?? defaultRoot(who))
  const runRoot = path.resolve(options.runRoot ?? storage.runRoot ?? defaultRunRoot(who))
  makeRunRoot(runRoot)
  const database = openDatabase(path.join(root, 'state.db'))
  const lockFile = (kind: LockKind, id: string) => path.join(runRoot, 'locks', `${kind}-${id}`)
  const eventsFile = eventsFileIn(options.tmpDir, root)
  const closing = new AbortController()
  const context: Context = {
    root,
    runRoot,
    options,
    identity: who,
    log: options.log ?? loggerOf(options, () => context),
    service: options.service ?? false,
    self: options.self ?? defaultSelf(),
    get cgroups() {
      return once(this, 'cgroups', detectCgroups)
    },
    database,
    additionalStores: storage.additionalStores,
    call: (...rest) => call(context, ...rest),
    eventsFile,
    unwritten: new Set(),
    effects: effectsOn(() => context),
    emit: (event) => {
      if (!options.withoutEvents) appendEvent(eventsFile, event)
    },
    layers: lazy(() => openLayers(context, storage)),
    volumes: lazy(async () => (await import('./volumes/open.ts')).openVolumes(context)),
    conf: lazy(async () => (await import('./config/open-conf.ts')).openConf(context)),
    runtime: runtimes(() => context),
    cgroupManager: lazy(async () => (await import('./config/cgroup-manager.ts')).chooseCgroupManager(context)),
    lock: (kind, id, work, lockOptions) =>
      withLock(lockFile(kind, id), work, { ...lockOptions, transient: kind === 'image' || kind === 'volume' }),
    lockFile,
    closing: closing.signal,
    close: async () => {
      closing.abort()
      await Promise.all(context.unwritten)
      database.close()
    },
  }
  for (const warning of storage.warnings) context.log.info(warning)
  return context
}

function loggerOf({ logLevel = 'warn', syslog }: ContextOptions, context: () => Context): Logger {
  if (!syslog) return createLogger({ level: logLevel })
  const log = createLogger({ level: logLevel, also: syslogOf(context) })
  if (!existsSync('/dev/log'))
    createLogger().warn('No system log takes messages at /dev/log: with --syslog they go to stderr alone here.')
  return log
}

/** Loaded for the first message; closing waits until it has been handed over. */
function syslogOf(context: () => Context): (level: LogLevel, line: string) => void {
  const opened = lazy(async () => (await import('../adapters/syslog.ts')).openSyslog())
  return (level, line) => {
    const { unwritten } = context()
    const written = opened()
      .then((write) => write?.(level, line))
      .finally(() => unwritten.delete(written))
    unwritten.add(written)
  }
}

/** @throws EngineError `StoreUnavailable` for a folder that cannot be made. */
function eventsFileIn(tmpDir: string | undefined, root: string): string {
  if (tmpDir === undefined) return path.join(root, 'events.jsonl')
  const folder = path.join(path.resolve(tmpDir), 'events')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new EngineError('StoreUnavailable', `The folder ${folder} of --tmpdir cannot be made: ${(error as Error).message}`, {
      details: { folder },
      cause: error,
    })
  }
  return path.join(folder, 'events.log')
}

function effectsOn(context: () => Context): Effects {
  return {
    removeImage: async (name) => {
      await (await import('./images/remove.ts')).removeImage(context(), name)
      await context().effects.collect()
    },
    collect: async () => (await import('./images/store/collect.ts')).collect(context()),
    followExitPolicy: async (pod) => (await import('./pods/exit-policy.ts')).followExitPolicy(context(), pod),
    preloadStart: () => void Promise.allSettled([import('./containers/start.ts'), import('./containers/wait.ts')]),
  }
}

async function openLayers(context: Context, { mountOptions, driver, driverPriority }: StorageSettings): Promise<LayerStore> {
  const { openLayerStore } = await import('../storage/index.ts')
  const warn = (message: string): void => context.log.warn(message)
  const options = { root: context.root, mountOptions, driver, driverPriority, warn }
  if (context.additionalStores.length === 0) return openLayerStore(options)
  const { otherLayers } = await import('./images/additional/attached.ts')
  return openLayerStore({ ...options, foreign: (chainId) => otherLayers(context, chainId) })
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
      flags: options.runtimeFlags ?? [],
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

/** For an ordinary user in the folder that the launcher chose, so that all of their processes agree. */
function defaultRunRoot({ rootless, uid }: Identity): string {
  if (!rootless) return '/run/berth'
  const runtime = process.env['XDG_RUNTIME_DIR']
  if (runtime && path.isAbsolute(runtime) && isOwn(runtime, uid)) return path.join(runtime, 'berth')
  throw new EngineError(
    'StoreUnavailable',
    'XDG_RUNTIME_DIR names no folder of yours: start Berth by its command berth, which finds or makes one.',
  )
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
