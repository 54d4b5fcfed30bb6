import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../../errors/index.ts'
import { identity } from '../../lib/process/identity.ts'

/** Where images of a name are fetched from (containers-registries.conf(5), version 2). */
export interface RegistryEntry {
  /** Names it applies to: `host[:port][/path]`, or `*.domain`. */
  prefix: string
  /** What the prefix is replaced by; empty for the prefix itself. */
  location: string
  insecure: boolean
  blocked: boolean
  mirrorByDigestOnly: boolean
  mirrors: { location: string; insecure: boolean; use: 'all' | 'digest-only' | 'tag-only' }[]
}

export type ShortNameMode = 'enforcing' | 'permissive' | 'disabled'

export interface RegistriesConf {
  /** Registries a short name is looked for in, in order. */
  search: string[]
  /** What to do with an ambiguous short name. */
  shortNameMode: ShortNameMode
  /** Short name → full name without tag, and the file that says so. */
  aliases: Map<string, { name: string; file: string }>
  registries: RegistryEntry[]
  /** Programs that keep logins, by the end of their names; `containers-auth.json` stands for the files. */
  credentialHelpers: string[]
  /** The file that decides which registries are searched, named in messages. */
  file: string
}

export interface ConfSources {
  /** The main file, and whether it was named explicitly and so must exist. */
  main: string
  named: boolean
  /** Folders of additions, in the order they are read. */
  folders: string[]
  /** Where answers to "which registry?" are stored. They override the other files. */
  aliasCache: string
}

const maxBytes = 1024 * 1024

/** The files of this user, in podman's order: a user's own main file replaces the system's, with its additions. */
export function confSources(environment: NodeJS.ProcessEnv = process.env): ConfSources {
  const { home, rootless } = identity()
  const own = join(environment['XDG_CONFIG_HOME'] || join(home, '.config'), 'containers')
  const ownFile = join(own, 'registries.conf')
  const named = environment['CONTAINERS_REGISTRIES_CONF'] || environment['REGISTRIES_CONFIG_PATH']
  const folder = environment['CONTAINERS_REGISTRIES_CONF_DIR']
  const useOwn = !named && exists(ownFile)
  const cache = rootless ? join(environment['XDG_CACHE_HOME'] || join(home, '.cache'), 'containers') : '/var/cache/containers'
  return {
    main: named || (useOwn ? ownFile : '/etc/containers/registries.conf'),
    named: Boolean(named),
    folders: folder ? [folder] : useOwn ? [`${ownFile}.d`] : ['/etc/containers/registries.conf.d', `${ownFile}.d`],
    aliasCache: environment['CONTAINERS_SHORT_NAME_ALIASES_CONF'] || join(cache, 'short-name-aliases.conf'),
  }
}

/**
 * Reads registries.conf with its additions; later files win. Missing files are no failure, unless one was named explicitly.
 * @throws InvalidArgument naming an invalid file.
 */
export async function readRegistriesConf(sources: ConfSources = confSources()): Promise<RegistriesConf> {
  const conf: RegistriesConf = {
    search: [],
    shortNameMode: 'permissive',
    aliases: new Map(),
    registries: [],
    credentialHelpers: ['containers-auth.json'],
    file: sources.main,
  }
  if (sources.named && !exists(sources.main)) throw invalid(sources.main, 'it does not exist')
  for (const file of [sources.main, ...sources.folders.flatMap((folder) => confFiles(folder))]) {
    if (exists(file)) await merge(conf, file)
  }
  if (exists(sources.aliasCache)) mergeAliases(conf, await parseConf(sources.aliasCache), sources.aliasCache)
  return conf
}

async function merge(conf: RegistriesConf, file: string): Promise<void> {
  const document = await parseConf(file)
  if (document['registries'] !== undefined)
    throw invalid(
      file,
      'it is written in version 1 of the format ([registries.search] and the like), which is not supported: write unqualified-search-registries and [[registry]] tables instead',
    )
  const search = document['unqualified-search-registries']
  if (Array.isArray(search)) {
    conf.search = texts(search)
    conf.file = file
    const odd = conf.search.find((each) => !/^[^/\s]+$/.test(each))
    if (odd !== undefined)
      throw invalid(file, `${JSON.stringify(odd)} in unqualified-search-registries is not a HOST or HOST:PORT`)
  }
  const mode = document['short-name-mode']
  if (mode === 'enforcing' || mode === 'permissive' || mode === 'disabled') conf.shortNameMode = mode
  else if (mode !== undefined && mode !== '')
    throw invalid(file, `the short-name-mode ${JSON.stringify(mode)} is none of enforcing, permissive and disabled`)
  const helpers = document['credential-helpers']
  if (Array.isArray(helpers) && helpers.length > 0) conf.credentialHelpers = texts(helpers)
  mergeAliases(conf, document, file)
  const registries = Array.isArray(document['registry']) ? document['registry'].map((value) => toEntry(table(value), file)) : []
  refuseContradictions(registries, file)
  const prefixes = new Set(registries.map(({ prefix }) => prefix))
  conf.registries = [...conf.registries.filter(({ prefix }) => !prefixes.has(prefix)), ...registries]
}

function mergeAliases(conf: RegistriesConf, document: Record<string, unknown>, file: string): void {
  for (const [alias, name] of Object.entries(table(document['aliases']))) {
    if (name === '') conf.aliases.delete(alias)
    else {
      if (typeof name !== 'string' || !/^[^/@\s]+\/[^@\s]+$/.test(name) || /:[^/]*$/.test(name))
        throw invalid(file, `the alias ${JSON.stringify(alias)} does not stand for REGISTRY/REPOSITORY without a tag`)
      if (/[:@\s]/.test(alias) || alias.startsWith('localhost/'))
        throw invalid(file, `${JSON.stringify(alias)} cannot be an alias: it must be a short name without a tag`)
      conf.aliases.set(alias, { name, file })
    }
  }
}

function refuseContradictions(registries: readonly RegistryEntry[], file: string): void {
  for (const [i, entry] of registries.entries()) {
    const twin = registries.slice(0, i).find(({ location, prefix }) => location === entry.location && prefix === entry.prefix)
    for (const key of ['insecure', 'blocked'] as const) {
      if (twin && twin[key] !== entry[key])
        throw invalid(file, `the registry ${entry.prefix} is there twice, with different settings of ${key}`)
    }
  }
}

function toEntry(fields: Record<string, unknown>, file: string): RegistryEntry {
  const location = cleanLocation(fields['location'], file)
  const prefix = cleanLocation(fields['prefix'], file) || location
  if (prefix === '') throw invalid(file, 'a [[registry]] has neither prefix nor location')
  const mirrors = Array.isArray(fields['mirror']) ? fields['mirror'].map(table) : []
  return {
    prefix,
    location,
    insecure: fields['insecure'] === true,
    blocked: fields['blocked'] === true,
    mirrorByDigestOnly: fields['mirror-by-digest-only'] === true,
    mirrors: mirrors.map((mirror): RegistryEntry['mirrors'][number] => {
      const use = mirror['pull-from-mirror'] ?? ''
      const mirrorLocation = cleanLocation(mirror['location'], file)
      if (mirrorLocation === '') throw invalid(file, `a mirror of ${prefix} has no location`)
      if (use !== '' && use !== 'all' && use !== 'digest-only' && use !== 'tag-only')
        throw invalid(file, `the pull-from-mirror of ${mirrorLocation} is none of all, digest-only and tag-only`)
      if (use !== '' && fields['mirror-by-digest-only'] === true)
        throw invalid(
          file,
          `${prefix} has mirror-by-digest-only and its mirror ${mirrorLocation} pull-from-mirror: give one of them`,
        )
      return {
        location: mirrorLocation,
        insecure: mirror['insecure'] === true,
        use: use === 'digest-only' || use === 'tag-only' ? use : 'all',
      }
    }),
  }
}

function cleanLocation(value: unknown, file: string): string {
  if (typeof value !== 'string') return ''
  if (/^[a-z]+:\/\//i.test(value))
    throw invalid(file, `the location ${JSON.stringify(value)} must not begin with http:// or the like`)
  return value.replace(/\/+$/, '')
}

/** What files held when they were last read. */
const parsed = new Map<string, { mark: string; document: Readonly<Record<string, unknown>> }>()

/** A TOML document; parsed again only when the file has changed. @throws InvalidArgument */
export async function parseConf(file: string): Promise<Readonly<Record<string, unknown>>> {
  const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true })
  if (size > maxBytes) throw invalid(file, 'it is larger than 1 MiB')
  const mark = [dev, ino, size, mtimeNs, ctimeNs].join()
  const known = parsed.get(file)
  if (known?.mark === mark) return known.document
  try {
    const { parse: parseToml } = await import('smol-toml')
    const document = parseToml(readFileSync(file, 'utf8'))
    parsed.set(file, { mark, document })
    return document
  } catch (error) {
    throw invalid(file, (error as Error).message.split('\n', 1)[0]!, error)
  }
}

function invalid(file: string, reason: string, cause?: unknown): EngineError {
  return new EngineError('InvalidArgument', `The configuration file ${file} cannot be used: ${reason}.`, {
    details: { file },
    cause,
  })
}

function table(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

function texts(values: unknown[]): string[] {
  return values.filter((value): value is string => typeof value === 'string' && value !== '')
}

function confFiles(folder: string): string[] {
  if (!exists(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.conf'))
    .toSorted()
    .map((name) => join(folder, name))
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}
