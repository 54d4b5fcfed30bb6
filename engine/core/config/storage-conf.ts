import { readFileSync } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../errors/index.ts'
import type { Identity } from '../../lib/process/identity.ts'
import { type Driver, drivers, requireDriver } from '../../storage/driver-names.ts'
import { parseStorageToml, type TomlValue } from './storage-toml.ts'

/** What this engine follows of storage.conf (containers-storage.conf(5)). */
export interface StorageConf {
  /** The file it comes from; nothing where there is none. */
  file?: string
  graphRoot?: string
  runRoot?: string
  /** The storage driver, one of those there are; nothing when it leaves the choice. */
  driver?: Driver
  /** Which to try, in order, when none is named. */
  driverPriority?: string[]
  /** Folders of read-only stores, first one first. */
  additionalStores: string[]
  /** `nodev`, `nosuid`, `noexec`: how containers' file systems are mounted. */
  mountOptions: string[]
  /** Warnings about settings that have no effect. */
  warnings: string[]
}

const maxBytes = 1024 * 1024
const nothing = (): StorageConf => ({ additionalStores: [], mountOptions: [], warnings: [] })

/**
 * Reads storage.conf from the first of the places podman has: CONTAINERS_STORAGE_CONF, for ordinary users
 * ~/.config/containers, then /etc/containers and /usr/share/containers.
 * @throws InvalidArgument for a file that cannot be understood, NotSupported for an unknown driver.
 */
export function readStorageConf(who: Identity, environment: NodeJS.ProcessEnv = process.env): StorageConf {
  for (const file of storageConfFiles(who, environment)) {
    const text = readIfThere(file)
    if (text !== undefined) return interpret(parseStorageToml(text, file), file, who, environment)
  }
  return nothing()
}

export function storageConfFiles({ rootless, home }: Identity, environment: NodeJS.ProcessEnv): string[] {
  const named = environment['CONTAINERS_STORAGE_CONF']
  if (named) return [named]
  const config = environment['XDG_CONFIG_HOME'] || path.join(home, '.config')
  return [
    ...(rootless ? [path.join(config, 'containers/storage.conf')] : []),
    '/etc/containers/storage.conf',
    '/usr/share/containers/storage.conf',
  ]
}

/**
 * Where the store is when storage.conf names a folder: beside that of podman and others, never in it, since two engines must not
 * write to one folder (docs/decisions). `undefined` if it names none, or podman's default one.
 */
export function storeBeside(folder: string | undefined, { rootless, home }: Identity): string | undefined {
  if (folder === undefined) return undefined
  const usual = rootless
    ? [path.join(home, '.local/share/containers/storage')]
    : ['/var/lib/containers/storage', '/run/containers/storage']
  const clean = path.resolve(folder)
  if (usual.includes(clean)) return undefined
  // `/data/containers/storage` → `/data/containers/berth`
  return path.join(path.dirname(clean), 'berth')
}

function interpret(
  document: ReadonlyMap<string, TomlValue>,
  file: string,
  who: Identity,
  environment: NodeJS.ProcessEnv,
): StorageConf {
  const text = (key: string): string | undefined => {
    const value = document.get(key)
    if (value === undefined || value === '') return undefined
    if (typeof value === 'string') return value
    throw invalid(file, `${key} is not a text`)
  }
  const list = (key: string): string[] => {
    const value = document.get(key) ?? []
    if (Array.isArray(value)) return value
    throw invalid(file, `${key} is not a list of texts`)
  }
  const folder = (key: string): string | undefined => {
    const value = text(key)
    return value === undefined ? undefined : absolute(expand(value, who, environment), key, file)
  }
  const system = !file.startsWith(`${who.home}/`) && environment['CONTAINERS_STORAGE_CONF'] !== file
  // Graph and run roots of the system's file are root's own.
  const roots = who.rootless && system ? { graphRoot: folder('storage.rootless_storage_path') } : ownRoots(who, folder)
  const warnings = text('storage.imagestore')
    ? [`The setting imagestore in ${file} is not followed: Berth keeps images and containers in one store.`]
    : []
  const driverPriority = list('storage.driver_priority')
  return {
    file,
    ...driverIn(text('storage.driver'), file),
    ...(driverPriority.length === 0 ? {} : { driverPriority }),
    ...(roots.graphRoot === undefined ? {} : { graphRoot: roots.graphRoot }),
    ...('runRoot' in roots && roots.runRoot !== undefined ? { runRoot: roots.runRoot } : {}),
    additionalStores: list('storage.options.additionalimagestores').map((each) =>
      absolute(expand(each, who, environment), 'additionalimagestores', file),
    ),
    mountOptions: (text('storage.options.overlay.mountopt') ?? text('storage.options.mountopt') ?? '').split(',').filter(Boolean),
    warnings,
  }
}

function driverIn(name: string | undefined, file: string): { driver?: Driver } {
  if (name === undefined) return {}
  try {
    return { driver: requireDriver(name) }
  } catch (cause) {
    throw new EngineError(
      'NotSupported',
      `The file ${file} asks for the storage driver ${JSON.stringify(name)}, and Berth has ${drivers.join(' and ')}: set CONTAINERS_STORAGE_CONF to a file of Berth's own, which may be empty.`,
      { details: { file, driver: name }, cause },
    )
  }
}

function ownRoots(
  { rootless }: Identity,
  folder: (key: string) => string | undefined,
): { graphRoot?: string | undefined; runRoot?: string | undefined } {
  return {
    graphRoot: (rootless ? folder('storage.rootless_storage_path') : undefined) ?? folder('storage.graphroot'),
    runRoot: folder('storage.runroot'),
  }
}

function expand(value: string, { home, realUid }: Identity, environment: NodeJS.ProcessEnv): string {
  const values: Record<string, string> = { HOME: home, UID: String(realUid), USER: environment['USER'] ?? '' }
  return value.replaceAll(/\$\{?(HOME|UID|USER)\}?/g, (_, name: string) => values[name]!)
}

function absolute(value: string, key: string, file: string): string {
  if (path.isAbsolute(value)) return path.normalize(value)
  throw invalid(file, `${key} is not an absolute path`)
}

function readIfThere(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8')
    if (text.length > maxBytes) throw invalid(file, 'it is larger than 1 MiB')
    return text
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR') return undefined
    throw error
  }
}

function invalid(file: string, reason: string): EngineError {
  return new EngineError('InvalidArgument', `The file ${file} cannot be used: ${reason}.`, { details: { file } })
}
