import { formatReference, parseReference, type PartialReference, qualify } from '../../image/index.ts'
import { type Database, imageNamesEnding, imagesByPrefix } from '../../store/index.ts'

/** What registries.conf says of short names. */
interface ShortNames {
  /** The full name that a short one is an alias of. */
  aliasOf(text: string): string | undefined
  /** Registries a short name is looked for in, in order. */
  search: readonly string[]
}

const known = new WeakMap<Database, ShortNames>()

/**
 * The full names that a short one may stand for in the store, in podman's order: its alias, localhost's, and one in each registry
 * that is searched. Where {@link prepareShortNames} found nothing to decide, localhost's and Docker Hub's.
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
 * Reads registries.conf for the names in an operation's input, if what the store has under one of them depends on it: it costs
 * milliseconds, and mostly it does not.
 */
export async function prepareShortNames(database: Database, input: unknown): Promise<void> {
  if (!namesIn(input).some((text) => isUndecided(database, text))) return
  const { aliasOf, readRegistriesConf } = await import('../../registry/index.ts')
  try {
    const conf = await readRegistriesConf()
    known.set(database, { aliasOf: (text) => aliasOf(conf, text), search: conf.search })
  } catch {
    // Whoever needs a registry says what is wrong with the configuration; what is here is used without.
    known.delete(database)
  }
}

/** Where operations have names of images. */
interface Fields {
  name?: unknown
  parent?: unknown
  reference?: unknown
  references?: unknown
  images?: unknown
  body?: { image?: unknown }
}

function namesIn(input: unknown): string[] {
  const { name, parent, reference, references, images, body } = input as Fields
  return [name, parent, reference, references, images, body?.image].flat().filter((each) => typeof each === 'string')
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
  return (
    alike[0]!.name.startsWith('localhost/') &&
    imageNamesEnding(database, `:${tag}`).some(({ name }) => !name.startsWith('localhost/'))
  )
}

function parseShort(text: string): PartialReference | undefined {
  try {
    const partial = parseReference(text)
    return partial.registry === undefined && partial.digest === undefined ? partial : undefined
  } catch {
    return undefined
  }
}
