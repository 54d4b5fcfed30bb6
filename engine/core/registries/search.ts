import type { Output, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { parseReference } from '../../image/index.ts'
import {
  findCredentials,
  type SearchResult,
  openRepository,
  parseCredentials,
  readRegistriesConf,
  type RegistriesConf,
  type RegistryOptions,
  searchRegistry,
  type Source,
  sourcesOf,
} from '../../registry/index.ts'
import type { Verb } from '../verb.ts'
import { registryOptions } from './options.ts'
import { type SearchFilter, searchFilter } from './search-filter.ts'

type Input = Parsed<'registry.search'>
type Row = Output<'registry.search'>[number]

const usualLimit = 25

/**
 * Searches the registry that the term begins with (everything before the first slash), else all search registries. Fails if no
 * registry could be queried; one of several that fails is only logged.
 */
export const search: Verb<'registry.search'> = async (context, input, { signal }) => {
  if (input.listTags && Object.keys(input.filters).length > 0)
    throw new EngineError('InvalidArgument', 'filters are not applicable to list tags result')
  const filter = searchFilter(input.filters)
  const conf = await readRegistriesConf()
  const slash = input.term.indexOf('/')
  const registries = slash < 0 ? conf.search : [input.term.slice(0, slash)]
  const term = input.term.slice(slash + 1)
  const answers = await Promise.allSettled(
    registries.map((registry) =>
      input.listTags ? listTags(conf, registry, term, input, signal) : find(conf, registry, term, input, filter, signal),
    ),
  )
  const rows = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  const failures = answers.flatMap((answer) => (answer.status === 'rejected' ? [EngineError.from(answer.reason)] : []))
  const [first] = failures
  if (first && (failures.length === answers.length || first.code === 'Cancelled')) throw combined(first, failures)
  for (const failure of failures) context.log.warn(`a registry was left out of a search: ${failure.message}`)
  return rows
}

function combined(first: EngineError, failures: EngineError[]): EngineError {
  if (failures.length === 1) return first
  return new EngineError(first.code, [...new Set(failures.map(({ message }) => message))].join(' '), {
    details: first.details,
    cause: new AggregateError(failures),
  })
}

async function find(
  conf: RegistriesConf,
  registry: string,
  term: string,
  input: Input,
  filter: SearchFilter,
  signal: AbortSignal | undefined,
): Promise<Row[]> {
  const { source, options } = await searchOne(conf, registry, term, input, signal)
  const limit = input.limit !== undefined && input.limit > 0 ? input.limit : usualLimit
  const finds = await searchRegistry(source.registry, source.insecure, term, limit, options)
  return finds.filter(filter).map((each) => toRow(registry, each))
}

function toRow(registry: string, { name, description, stars, official, automated }: SearchResult): Row {
  const path = registry === 'docker.io' && !name.includes('/') ? `library/${name}` : name
  return {
    Index: registry,
    Name: `${registry}/${path}`,
    Description: description,
    Stars: stars,
    Official: official ? '[OK]' : '',
    Automated: automated ? '[OK]' : '',
    Tag: '',
  }
}

async function listTags(
  conf: RegistriesConf,
  registry: string,
  term: string,
  input: Input,
  signal: AbortSignal | undefined,
): Promise<Row[]> {
  const { repository: typed } = parseReference(`${registry}/${term}`)
  const repository = registry === 'docker.io' && !typed.includes('/') ? `library/${typed}` : typed
  const { source, options } = await searchOne(conf, registry, repository, input, signal)
  const opened = openRepository({ ...source, repository }, options)
  try {
    const tags = await opened.tags(input.limit !== undefined && input.limit > 0 ? input.limit : usualLimit)
    return tags.map((Tag) => ({
      Index: registry,
      Name: `${registry}/${repository}`,
      Description: '',
      Stars: 0,
      Official: '',
      Automated: '',
      Tag,
    }))
  } finally {
    opened.close()
  }
}

/** A registry itself: mirrors do not search. */
async function searchOne(
  conf: RegistriesConf,
  registry: string,
  path: string,
  input: Input,
  signal: AbortSignal | undefined,
): Promise<{ source: Source; options: RegistryOptions }> {
  const { insecure } = sourcesOf(conf, { registry, repository: path || 'x' }, input.tlsVerify).at(-1)!
  const credentials = input.credentials
    ? parseCredentials(input.credentials)
    : await findCredentials(registry, input.listTags ? path : '', {
        authfile: input.authfile,
        helpers: conf.credentialHelpers,
        signal,
      })
  return { source: { registry, repository: '', insecure }, options: registryOptions(input, { credentials, signal }) }
}
