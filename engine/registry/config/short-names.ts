import { mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

import { EngineError } from '../../errors/index.ts'
import {
  formatReference,
  parseReference,
  type PartialReference,
  qualify,
  type Reference,
  repositoryName,
  withDefaultTag,
} from '../../image/index.ts'
import { writeFileAtomic } from '../../lib/files/atomic-file.ts'
import { withLock } from '../../lib/lock.ts'
import { confSources, parseConf, type RegistriesConf } from './registries-conf.ts'

/** What a typed name resolves to. */
export interface Resolution {
  /** Full names, in the order they are tried. */
  references: Reference[]
  /** How a short name was resolved, for the user. */
  description?: string
  /** The short name without tag, when it is ambiguous and not decided. */
  undecided?: string
}

/**
 * The full names a typed name may stand for (containers-registries.conf(5), "Short-Name Aliasing"): itself, its alias, or one in
 * each search registry.
 * @throws ImageReferenceInvalid, ImageNameUnqualified for a short name without an alias or search registries.
 */
export function resolveShortName(conf: RegistriesConf, text: string): Resolution {
  const partial = parseReference(text)
  if (partial.registry !== undefined) return { references: [withDefaultTag(qualify(partial, partial.registry))] }
  const short = partial.repository
  const alias = conf.aliases.get(short)
  if (alias !== undefined) {
    return {
      references: [aliasTarget(partial, alias.name)],
      description: `Resolved ${JSON.stringify(short)} as an alias (${alias.file})`,
    }
  }
  if (conf.search.length === 0) {
    throw new EngineError(
      'ImageNameUnqualified',
      `short-name "${text}" did not resolve to an alias and no unqualified-search registries are defined in "${conf.file}": give the full name, such as docker.io/${short.includes('/') ? '' : 'library/'}${short}.`,
      { details: { reference: text, file: conf.file } },
    )
  }
  return {
    references: conf.search.map((registry) => withDefaultTag(qualify(partial, registry))),
    description: `Resolving ${JSON.stringify(short)} using unqualified-search registries (${conf.file})`,
    ...(conf.search.length > 1 && conf.shortNameMode !== 'disabled' ? { undecided: short } : {}),
  }
}

/** The full name that a short one is an alias of; nothing where it is none. @throws ImageReferenceInvalid */
export function aliasOf(conf: RegistriesConf, text: string): string | undefined {
  const partial = parseReference(text)
  const alias = partial.registry === undefined ? conf.aliases.get(partial.repository) : undefined
  return alias && formatReference(aliasTarget(partial, alias.name))
}

function aliasTarget({ tag, digest }: PartialReference, name: string): Reference {
  const target = parseReference(name)
  const full = { ...target, ...(tag ? { tag } : {}), ...(digest ? { digest } : {}) }
  return withDefaultTag(qualify(full, target.registry ?? 'docker.io'))
}

/**
 * As {@link resolveShortName}, for callers that cannot prompt.
 * @throws ImageNameUnqualified also when the configuration requires a prompt.
 */
export function candidates(conf: RegistriesConf, text: string): Reference[] {
  const { references, undecided } = resolveShortName(conf, text)
  if (undecided !== undefined && conf.shortNameMode === 'enforcing') {
    throw new EngineError(
      'ImageNameUnqualified',
      `short-name resolution enforced but cannot prompt without a TTY: give the full name, one of ${references.map(repositoryName).join(', ')}.`,
      { details: { reference: text, file: conf.file } },
    )
  }
  return references
}

/**
 * Records the full name of a short name in short-name-aliases.conf. Safe with concurrent processes; the file is replaced
 * atomically.
 * @throws ImageReferenceInvalid
 */
export async function recordAlias(alias: string, name: string, file = confSources().aliasCache): Promise<void> {
  const short = parseReference(alias)
  const full = parseReference(name)
  if (short.registry !== undefined || short.tag !== undefined || short.digest !== undefined)
    throw new EngineError(
      'ImageReferenceInvalid',
      `${JSON.stringify(alias)} cannot be an alias: it must be a short name without a tag.`,
    )
  if (full.registry === undefined)
    throw new EngineError('ImageReferenceInvalid', `An alias cannot stand for ${JSON.stringify(name)}: it has no registry.`)
  const target = repositoryName(qualify(full, full.registry))
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const lock = `${file}.berth-lock`
  await withLock(lock, async () => {
    const aliases = new Map(Object.entries(await readAliases(file)))
    aliases.set(short.repository, target)
    const lines = [...aliases]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `  ${JSON.stringify(key)} = ${JSON.stringify(value)}\n`)
    try {
      await writeFileAtomic(file, `[aliases]\n${lines.join('')}`, { mode: 0o644 })
    } finally {
      await rm(lock, { force: true })
    }
  })
}

/** The recorded aliases; an invalid file is started again, since it holds nothing but answers. */
async function readAliases(file: string): Promise<Record<string, string>> {
  try {
    const { aliases } = (await parseConf(file)) as { aliases?: Record<string, unknown> }
    return Object.fromEntries(
      Object.entries(aliases ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    )
  } catch {
    return {}
  }
}
