import { EngineError } from '../../errors/index.ts'
import type { RegistryOptions } from '../options.ts'
import { type Send, sendForBody } from './session.ts'

export interface PagesInput {
  send: Send
  registry: string
  /** Below the repository, or with a slash in front below the registry. */
  path: string
  /** The field of each page that holds its part of the list. */
  field: string
  /** Selects items of the list. */
  wanted?: (text: string) => boolean
  /** How many items suffice. */
  limit?: number
  options: RegistryOptions
}

const pageBytes = 16 * 1024 * 1024
const maxPages = 10_000
const maxItems = 1_000_000
/** Of all pages together. */
const maxBytes = 256 * 1024 * 1024

/**
 * A list that a registry gives in pages, each with a `Link: <…>; rel="next"` to the one after it (distribution-spec, "Listing
 * Tags"). Links are followed on the registry itself only.
 * @throws as `Send`, RegistryProtocol
 */
export async function listPages(input: PagesInput): Promise<string[]> {
  const { send, registry, field, options, wanted = () => true, limit = maxItems } = input
  const found: string[] = []
  let path: string | undefined = input.path
  const seen = new Set<string>()
  let bytes = 0
  while (path !== undefined && found.length < limit) {
    if (seen.has(path) || seen.size >= maxPages) throw broken(registry, 'lists the same page again and again')
    seen.add(path)
    const response = await sendForBody({ send, registry, path, accept: 'application/json', maxBytes: pageBytes, options })
    // One by one: a list can be longer than a call may have arguments.
    for (const each of readPage(response.bytes, field, registry)) if (wanted(each)) found.push(each)
    if ((bytes += response.bytes.length) > maxBytes) throw broken(registry, 'lists more than is accepted')
    path = nextPage(response.headers['link'], response.url)
  }
  return found.slice(0, limit)
}

function readPage(bytes: Buffer, field: string, registry: string): string[] {
  try {
    const list = (JSON.parse(bytes.toString('utf8')) as Record<string, unknown> | null)?.[field]
    // A repository whose tags were all deleted has `null`.
    if (list === null || list === undefined) return []
    if (Array.isArray(list))
      return list.filter((each): each is string => typeof each === 'string' && /^[\x21-\x7e]{1,1024}$/.test(each))
  } catch (error) {
    throw broken(registry, 'answered with a list that is not JSON', error)
  }
  throw broken(registry, 'answered with something that is not a list')
}

function nextPage(header: string | string[] | undefined, base: URL): string | undefined {
  const text = Array.isArray(header) ? header.join(', ') : (header ?? '')
  // Each run ends where the next can begin: a header of many is read through once.
  const target = /<([^<>]{1,4000})>\s*;[^,<]*\brel="?next"?/i.exec(text)?.[1]
  if (target === undefined || !URL.canParse(target, base.href)) return undefined
  const { pathname, search } = new URL(target, base.href)
  // Two slashes would start with another host.
  return `/${pathname.replace(/^\/+/, '')}${search}`
}

function broken(registry: string, what: string, cause?: unknown): EngineError {
  return new EngineError('RegistryProtocol', `The registry ${registry} ${what}.`, { details: { registry }, cause })
}
