import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../errors/index.ts'
import { writeFileAtomicSync } from '../../lib/files/atomic-file.ts'
import type { Logger } from '../../lib/log.ts'
import type { Identity } from '../../lib/process/identity.ts'
import { confKeys, type ConfShape, type ConfTable, type ContainersConf } from './conf-keys.ts'

export type { ContainersConf } from './conf-keys.ts'

const largestFile = 1024 * 1024

/**
 * Every file that is read, in the order in which later ones win: containers.conf(5), "FILES" and "MODULES".
 *
 * @param modules names or paths of files that are read because they were asked for.
 * @throws EngineError `InvalidArgument` for a module that is not there.
 */
export function containersConfFiles(
  { home }: Pick<Identity, 'home'>,
  environment: Record<string, string | undefined> = process.env,
  modules: readonly string[] = [],
): string[] {
  const own = environment['XDG_CONFIG_HOME'] ?? path.join(home, '.config')
  const override = environment['CONTAINERS_CONF_OVERRIDE']
  const only = environment['CONTAINERS_CONF']
  const files = only ? [only] : usualFiles(own)
  const asked = modules.map((name) => findModule(name, own))
  return [...files, ...asked, ...(override ? [override] : [])]
}

function usualFiles(own: string): string[] {
  const user = path.join(own, 'containers/containers.conf')
  const system = ['/usr/share/containers/containers.conf', '/etc/containers/containers.conf']
  return [...system, ...dropIns('/etc/containers/containers.conf.d'), user, ...dropIns(`${user}.d`)]
}

function findModule(name: string, own: string): string {
  const folders = [path.join(own, 'containers'), '/etc/containers', '/usr/share/containers'].map(
    (folder) => `${folder}/containers.conf.modules`,
  )
  const places = path.isAbsolute(name) ? [name] : folders.map((folder) => path.join(folder, name))
  const found = places.find((file) => existsSync(file))
  if (found !== undefined) return found
  throw new EngineError(
    'InvalidArgument',
    `could not resolve module ${JSON.stringify(name)}: there is none at ${places.join(', ')}`,
    {
      details: { module: name },
    },
  )
}

export interface ConfOptions {
  /** Kept there for as long as no file has changed: parsing costs more than everything else a short command does. */
  cacheFile?: string | undefined
  modules?: readonly string[] | undefined
  /** Told of keys that have no effect, once for each reading. */
  log?: Pick<Logger, 'debug' | 'warn'> | undefined
}

/**
 * Reads and merges containers.conf. Unknown keys are ignored: they belong to other programs.
 *
 * @throws EngineError `InvalidArgument`, naming the file that is not TOML or sets a key to another type.
 */
export async function readContainersConf(who: Identity, { cacheFile, modules, log }: ConfOptions = {}): Promise<ContainersConf> {
  const files = containersConfFiles(who, process.env, modules)
  // The first line changes with what is kept of the files.
  const state = ['6', ...files.map(fileState)].join('\n')
  const kept = cacheFile === undefined ? undefined : readCache(cacheFile, state)
  if (kept) return kept
  const merging: Merging = { conf: { containers: {}, engine: {}, network: {}, secrets: {} }, appended: new Set(), log }
  for (const file of files) await mergeFile(merging, file)
  if (cacheFile !== undefined) cacheConf(cacheFile, state, merging.conf)
  return merging.conf
}

interface Merging {
  conf: ContainersConf
  /** Lists to which later files add. */
  appended: Set<string>
  log: ConfOptions['log']
}

async function mergeFile(merging: Merging, file: string): Promise<void> {
  const content = readIfThere(file)
  if (content === undefined) return
  const { parse } = await import('smol-toml')
  let document: Record<string, unknown>
  try {
    document = parse(content) as Record<string, unknown>
  } catch (cause) {
    throw new EngineError('InvalidArgument', `The file ${file} is not valid TOML: ${(cause as Error).message.split('\n')[0]}`, {
      details: { file },
      cause,
    })
  }
  for (const table of Object.keys(confKeys) as ConfTable[]) mergeTable(merging, table, document[table], file)
}

/** Changes whenever the file does. */
function fileState(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false })
  return found ? `${file} ${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}` : file
}

function readCache(cacheFile: string, state: string): ContainersConf | undefined {
  try {
    const kept = JSON.parse(readFileSync(cacheFile, 'utf8')) as { state: string; conf: ContainersConf }
    return kept.state === state ? kept.conf : undefined
  } catch {
    return undefined
  }
}

function cacheConf(cacheFile: string, state: string, conf: ContainersConf): void {
  try {
    writeFileAtomicSync(cacheFile, JSON.stringify({ state, conf }))
  } catch {
    // It is read again the next time.
  }
}

function mergeTable({ conf, appended, log }: Merging, table: ConfTable, found: unknown, file: string): void {
  if (typeof found !== 'object' || found === null) return
  for (const [key, row] of Object.entries(confKeys[table])) {
    const value = (found as Record<string, unknown>)[key]
    if (value === undefined) continue
    if ('ignored' in row) {
      const text = `The setting ${table}.${key} in ${file} has no effect: ${row.ignored}.`
      if ('missed' in row) log?.warn(text)
      else log?.debug(text)
      continue
    }
    const { items, append } = row.shape === 'pools' ? { items: value } : withoutAttributes(value)
    if (!hasShape(items, row.shape))
      throw new EngineError('InvalidArgument', `The setting ${table}.${key} in ${file} is not a ${row.shape}.`, {
        details: { file, key },
      })
    const name = `${table}.${key}`
    if (append === true) appended.add(name)
    if (append === false) appended.delete(name)
    const property = key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    const before = (conf[table] as Record<string, unknown>)[property]
    const whole = appended.has(name) && Array.isArray(before) ? [...(before as unknown[]), ...(items as unknown[])] : items
    Object.assign(conf[table], { [property]: typeof whole === 'bigint' ? Number(whole) : whole })
  }
}

/** `["a", {append=true}]`: what a list says of itself. */
function withoutAttributes(value: unknown): { items: unknown; append?: boolean } {
  if (!Array.isArray(value)) return { items: value }
  const attributes = value.filter((each) => typeof each === 'object' && each !== null) as { append?: unknown }[]
  const items = value.filter((each) => typeof each !== 'object' || each === null)
  const { append } = attributes.at(-1) ?? {}
  return typeof append === 'boolean' ? { items, append } : { items: attributes.length > 0 ? value : items }
}

function hasShape(value: unknown, shape: ConfShape): boolean {
  switch (shape) {
    case 'list':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
    case 'map':
      return (
        typeof value === 'object' &&
        value !== null &&
        !Array.isArray(value) &&
        Object.values(value).every((each) => typeof each === 'string')
      )
    case 'tables':
      return isTable(value) && Object.values(value).every(isTable)
    case 'text':
      return typeof value === 'string'
    case 'flag':
      return typeof value === 'boolean'
    case 'pools':
      return Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null)
    case 'number':
      return typeof value === 'number' || typeof value === 'bigint'
  }
}

const isTable = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

function dropIns(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.conf'))
      .sort()
      .map((name) => path.join(folder, name))
  } catch {
    return []
  }
}

function readIfThere(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8')
    if (text.length > largestFile)
      throw new EngineError('TooLarge', `The file ${file} is larger than ${largestFile} bytes.`, { details: { file } })
    return text
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR') return undefined
    throw error
  }
}
