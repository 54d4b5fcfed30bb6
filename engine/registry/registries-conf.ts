import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../errors/index.ts'
import { identity } from '../lib/identity.ts'

/** Where images of a name are fetched from (containers-registries.conf(5), version 2). */
export interface RegistryEntry {
  /** Names this is about: `host[:port][/path]`, or `*.domain`. */
  prefix: string
  /** What the prefix is replaced by; empty for the prefix itself. */
  location: string
  insecure: boolean
  blocked: boolean
  mirrorByDigestOnly: boolean
  mirrors: { location: string; insecure: boolean; use: 'all' | 'digest-only' | 'tag-only' }[]
}

export interface RegistriesConf {
  /** Registries a short name is looked for in, in order. */
  search: string[]
  /** Short name → full name without tag. */
  aliases: Map<string, string>
  registries: RegistryEntry[]
  credentialHelpers: string[]
  /** The file that decides, named in messages. */
  file: string
}

export interface ConfSources {
  /** The main file and folders of additions, in the order they are read. */
  files: string[]
  folders: string[]
  aliasCaches: string[]
}

const maxBytes = 1024 * 1024

/** The files of this user, in podman's order: a user's own main file replaces the system's, with its additions. */
export function confSources(environment: NodeJS.ProcessEnv = process.env): ConfSources {
  const { home, rootless } = identity()
  const own = join(environment['XDG_CONFIG_HOME'] || join(home, '.config'), 'containers')
  const ownFile = join(own, 'registries.conf')
  const named = environment['CONTAINERS_REGISTRIES_CONF']
  const useOwn = !named && exists(ownFile)
  return {
    files: [named || (useOwn ? ownFile : '/etc/containers/registries.conf')],
    folders: useOwn ? [`${ownFile}.d`] : ['/etc/containers/registries.conf.d', `${ownFile}.d`],
    aliasCaches: [
      rootless
        ? join(environment['XDG_CACHE_HOME'] || join(home, '.cache'), 'containers/short-name-aliases.conf')
        : '/var/cache/containers/short-name-aliases.conf',
    ],
  }
}

/**
 * Reads registries.conf with its additions; later files win. Missing files are no failure.
 * @throws InvalidArgument naming a file that cannot be understood.
 */
export async function readRegistriesConf(sources: ConfSources = confSources()): Promise<RegistriesConf> {
  const conf: RegistriesConf = {
    search: [],
    aliases: new Map(),
    registries: [],
    credentialHelpers: [],
    file: sources.files[0] ?? '/etc/containers/registries.conf',
  }
  const additions = sources.folders.flatMap((folder) => confFiles(folder))
  // The cache of remembered answers counts less than what someone wrote down.
  for (const file of [...sources.aliasCaches, ...sources.files, ...additions]) {
    if (!exists(file)) continue
    await merge(conf, file)
  }
  return conf
}

async function merge(conf: RegistriesConf, file: string): Promise<void> {
  const document = await parse(file)
  const search = document['unqualified-search-registries']
  if (Array.isArray(search)) {
    conf.search = texts(search)
    conf.file = file
  }
  const helpers = document['credential-helpers']
  if (Array.isArray(helpers)) conf.credentialHelpers = texts(helpers)
  for (const [name, target] of Object.entries(table(document['aliases']))) {
    if (typeof target === 'string' && target !== '') conf.aliases.set(name, target)
    else conf.aliases.delete(name)
  }
  const registries = document['registry']
  for (const value of Array.isArray(registries) ? registries : []) {
    const entry = toEntry(table(value), file)
    conf.registries = [...conf.registries.filter(({ prefix }) => prefix !== entry.prefix), entry]
  }
}

function toEntry(fields: Record<string, unknown>, file: string): RegistryEntry {
  const location = cleanLocation(fields['location'])
  const prefix = cleanLocation(fields['prefix']) || location
  if (prefix === '') throw invalid(file, 'a [[registry]] has neither prefix nor location')
  const mirrors = Array.isArray(fields['mirror']) ? fields['mirror'].map(table) : []
  return {
    prefix,
    location,
    insecure: fields['insecure'] === true,
    blocked: fields['blocked'] === true,
    mirrorByDigestOnly: fields['mirror-by-digest-only'] === true,
    mirrors: mirrors.map((mirror) => {
      const use = mirror['pull-from-mirror']
      const mirrorLocation = cleanLocation(mirror['location'])
      if (mirrorLocation === '') throw invalid(file, `a mirror of ${prefix} has no location`)
      return {
        location: mirrorLocation,
        insecure: mirror['insecure'] === true,
        use: use === 'digest-only' || use === 'tag-only' ? use : 'all',
      }
    }),
  }
}

function cleanLocation(value: unknown): string {
  return typeof value === 'string' ? value.replace(/\/+$/, '') : ''
}

async function parse(file: string): Promise<Record<string, unknown>> {
  const size = statSync(file).size
  if (size > maxBytes) throw invalid(file, 'it is larger than 1 MiB')
  try {
    const { parse: parseToml } = await import('smol-toml')
    return parseToml(readFileSync(file, 'utf8'))
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
