import { EngineError } from '../../errors/index.ts'
import { type Reference, repositoryName } from '../../image/index.ts'
import type { RegistriesConf, RegistryEntry } from './registries-conf.ts'

/** One location an image may be fetched from. */
export interface Source {
  /** The registry to query. */
  registry: string
  /** The image's name there. */
  repository: string
  /** Whether http, and https without checking the certificate, are allowed. */
  insecure: boolean
}

/**
 * Where to fetch an image from: mirrors first, then its own registry.
 * @param tlsVerify overrides what the configuration says about `insecure`.
 * @throws RegistryBlocked
 */
export function sourcesOf(conf: RegistriesConf, reference: Reference, tlsVerify?: boolean): Source[] {
  const name = repositoryName(reference)
  const entry = matchEntry(conf, name)
  if (entry?.blocked) {
    throw new EngineError(
      'RegistryBlocked',
      `The registry ${entry.prefix} is blocked by ${conf.file} or a file beside it: ask the administrator of this host, or use another registry.`,
      { details: { registry: entry.prefix } },
    )
  }
  const insecure = (configured: boolean): boolean => (tlsVerify === undefined ? configured : !tlsVerify)
  const mirrors = (entry?.mirrors ?? []).filter(({ use }) =>
    reference.digest ? use !== 'tag-only' : use !== 'digest-only' && !entry?.mirrorByDigestOnly,
  )
  return [
    ...mirrors.map((mirror) => toSource(rewrite(name, entry!, mirror.location), insecure(mirror.insecure))),
    toSource(entry ? rewrite(name, entry, entry.location) : name, insecure(entry?.insecure ?? false)),
  ]
}

/** The entry with the longest prefix; wildcards count only for hosts. */
function matchEntry(conf: RegistriesConf, name: string): RegistryEntry | undefined {
  return conf.registries.filter(({ prefix }) => matches(prefix, name)).toSorted((a, b) => b.prefix.length - a.prefix.length)[0]
}

function matches(prefix: string, name: string): boolean {
  if (prefix.startsWith('*.')) {
    const host = name.slice(0, name.indexOf('/')).replace(/:\d+$/, '')
    return host.endsWith(prefix.slice(1)) && host.length > prefix.length - 1
  }
  return name === prefix || (name.startsWith(prefix) && (name[prefix.length] === '/' || name[prefix.length] === ':'))
}

function rewrite(name: string, entry: RegistryEntry, location: string): string {
  if (location === '' || (entry.prefix.startsWith('*.') && location === entry.prefix)) return name
  if (entry.prefix.startsWith('*.')) return location + name.slice(name.indexOf('/'))
  return location + name.slice(entry.prefix.length)
}

function toSource(name: string, insecure: boolean): Source {
  const slash = name.indexOf('/')
  return { registry: name.slice(0, slash), repository: name.slice(slash + 1), insecure }
}
