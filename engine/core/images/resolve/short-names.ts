import { formatReference, parseReference, type PartialReference, qualify } from '../../../image/index.ts'
import { type Database, hasNameEndingElsewhere, imageNamesEnding, imagesByPrefix } from '../../../store/index.ts'

/** The short-name settings of registries.conf. */
interface ShortNames {
  /** The full name that a short one is an alias of. */
  aliasOf(text: string): string | undefined
  /** Registries a short name is looked for in, in order. */
  search: readonly string[]
}

const known = new WeakMap<Database, ShortNames>()

/**
 * The full names that a short one may stand for in the store, in podman's order: its alias, localhost's, and one in each registry
 * that is searched. Without a decision of {@link prepareShortNames}, localhost's and Docker Hub's.
 */
export function candidateNames(database: Database, partial: PartialReference): string[] {
  const { aliasOf, search } = known.get(database) ?? { aliasOf: () => undefined, search: ['docker.io'] }
  const alias = aliasOf(formatShort(partial))
  const others = ['localhost', ...search].map((registry) => formatReference(qualify(partial, registry)))
  return alias === undefined ? others : [alias, ...others]
}

function formatShort({ repository, tag, digest }: PartialReference): string {
  return `${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
}

/**
 * Reads registries.conf for the names in an operation's input (its `imageNames`), if what the store has under one of them depends on it: it costs
 * milliseconds and is mostly not needed.
 */
export async function prepareShortNames(database: Database, names: readonly string[]): Promise<void> {
  if (!names.some((text) => isUndecided(database, text))) return
  const { aliasOf, readRegistriesConf } = await import('../../../registry/index.ts')
  try {
    const conf = await readRegistriesConf()
    known.set(database, { aliasOf: (text) => aliasOf(conf, text), search: conf.search })
  } catch {
    // Operations that need a registry report a broken configuration; local images are used without it.
    known.delete(database)
  }
}

function isUndecided(database: Database, text: string): boolean {
  const short = parseShort(text)
  if (!short) return false
  const tag = short.tag ?? 'latest'
  const alike = imageNamesEnding(database, `/${short.repository.split('/').at(-1)}:${tag}`)
  // Perhaps it is here under the name that it is an alias of.
  if (alike.length === 0) return imagesByPrefix(database, text, 1).length === 0
  if (alike.length > 1) return true
  // An alias may have any name, and comes before localhost's.
  return alike[0]!.name.startsWith('localhost/') && hasNameEndingElsewhere(database, `:${tag}`, 'localhost/')
}

function parseShort(text: string): PartialReference | undefined {
  try {
    const partial = parseReference(text)
    return partial.registry === undefined && partial.digest === undefined ? partial : undefined
  } catch {
    return undefined
  }
}
