import { EngineError } from '../errors/index.ts'
import type { RegistryOptions } from './options.ts'
import { listPages } from './http/pages.ts'
import { sendForBody, openSession } from './http/session.ts'

/** One search result. */
export interface SearchResult {
  /** Below the registry. */
  name: string
  description: string
  stars: number
  official: boolean
  automated: boolean
}

const answerBytes = 8 * 1024 * 1024

/**
 * Repositories of a registry whose names (or descriptions, as it likes) hold `term`: by the old search interface where the registry
 * has it, else from its catalogue. An empty term finds all that the catalogue has.
 * @throws RegistryUnreachable, RegistryCertificate, RegistryUnauthorized, RegistryThrottled, RegistryProtocol, Cancelled
 */
export async function searchRegistry(
  registry: string,
  insecure: boolean,
  term: string,
  limit: number,
  options: RegistryOptions,
): Promise<SearchResult[]> {
  return (
    (term === '' ? undefined : await searchIndex(registry, insecure, term, limit, options)) ??
    searchCatalog(registry, insecure, term, limit, options)
  )
}

/** `/v1/search`, which Docker Hub and some others still have. Nothing when the registry lacks it. */
async function searchIndex(
  registry: string,
  insecure: boolean,
  term: string,
  limit: number,
  options: RegistryOptions,
): Promise<SearchResult[] | undefined> {
  const host = registry === 'docker.io' ? 'index.docker.io' : registry
  // Queried without a login, as podman does: Docker Hub's results do not depend on the user.
  const anonymous: RegistryOptions = { ...options, retry: 0 }
  delete anonymous.credentials
  const session = openSession({ registry: host, repository: '', insecure }, anonymous)
  try {
    const query = new URLSearchParams({ q: term, n: String(limit) })
    const { bytes } = await sendForBody({
      send: session.send,
      registry,
      path: `/v1/search?${query.toString()}`,
      accept: 'application/json',
      maxBytes: answerBytes,
      options: anonymous,
    })
    return parseResults(JSON.parse(bytes.toString('utf8'))).slice(0, limit)
  } catch (error) {
    // If the registry does not respond, it will not respond to the other query either.
    if (EngineError.is(error, 'RegistryUnreachable', 'RegistryCertificate', 'Cancelled') && error.details['status'] === undefined)
      throw error
    return undefined
  } finally {
    session.close()
  }
}

function parseResults(document: unknown): SearchResult[] {
  const results = (document as { results?: unknown } | null)?.results
  if (!Array.isArray(results)) throw new EngineError('RegistryProtocol', 'The answer to a search has no results.')
  return results.flatMap((each: unknown): SearchResult[] => {
    const {
      name,
      description,
      star_count: stars,
      is_official: official,
      is_automated: automated,
    } = (each ?? {}) as Record<string, unknown>
    if (typeof name !== 'string' || !/^[\x21-\x7e]{1,1024}$/.test(name)) return []
    return [
      {
        name,
        description: typeof description === 'string' ? description.replace(/\p{Cc}+/gu, ' ').slice(0, 10_000) : '',
        stars: typeof stars === 'number' ? stars : 0,
        official: official === true,
        automated: automated === true,
      },
    ]
  })
}

async function searchCatalog(
  registry: string,
  insecure: boolean,
  term: string,
  limit: number,
  options: RegistryOptions,
): Promise<SearchResult[]> {
  const session = openSession({ registry, repository: '', insecure }, options)
  try {
    const names = await listPages({
      send: session.send,
      registry,
      path: '/v2/_catalog',
      field: 'repositories',
      wanted: (name) => name.includes(term),
      limit,
      options,
    })
    // Exact matches come first.
    const ordered = names.toSorted((a, b) => Number(b === term) - Number(a === term))
    return ordered.map((name) => ({ name, description: '', stars: 0, official: false, automated: false }))
  } finally {
    session.close()
  }
}
