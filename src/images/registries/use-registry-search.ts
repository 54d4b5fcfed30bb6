import { useCallback } from 'react'

import type { Output } from '../../../engine/contract/index.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { type CallState, useCall } from '../../hooks/use-call.ts'
import { useDebounced } from '../../hooks/use-debounced.ts'
import { splitReference } from '../image-rows.ts'

/** A search result. */
export type SearchResult = Output<'registry.search'>[number]

/** Milliseconds after the last keystroke until the registry is queried. */
const typingDelay = 350
const maxResults = 12
const maxTags = 500

/** Whether a name begins with a registry. */
export function hasRegistry(reference: string): boolean {
  const [first = '', ...rest] = reference.split('/')
  return rest.length > 0 && !reference.includes('//') && (first === 'localhost' || /[.:]/.test(first))
}

const nothing = async (): Promise<undefined> => undefined

/** Search results for the name that is being typed; undefined if it cannot be searched for. */
export function useRegistrySearch(
  reference: string,
  verify: boolean,
): CallState<readonly SearchResult[] | undefined> & { term: string } {
  const { engine } = useEngine()
  const settled = useDebounced(reference.trim(), typingDelay)
  // A prefix before a slash is taken as the registry to search.
  const known = !settled.includes('/') || hasRegistry(settled)
  const searchable = known && settled.length > 1 && /^[^\s@]*[^\s@/]$/.test(settled) && splitReference(settled).tag === ''
  const term = searchable ? settled : ''
  const ask = useCallback(
    (signal: AbortSignal) =>
      engine['registry.search']({ term, limit: maxResults, ...(verify ? {} : { tlsVerify: false }) }, { signal }),
    [engine, term, verify],
  )
  return { ...useCall<readonly SearchResult[] | undefined>(term === '' ? nothing : ask), term }
}

/** The tags of an image in its registry; undefined while loading. */
export function useRegistryTags(reference: string, verify: boolean): CallState<readonly string[] | undefined> {
  const { engine } = useEngine()
  const { name } = splitReference(useDebounced(reference.trim(), typingDelay))
  const term = hasRegistry(name) && !/[\s@]/.test(name) && !name.endsWith('/') ? name : ''
  const ask = useCallback(
    async (signal: AbortSignal) => {
      const access = verify ? {} : { tlsVerify: false }
      const found = await engine['registry.search']({ term, listTags: true, limit: maxTags, ...access }, { signal })
      return found.map(({ Tag }) => Tag)
    },
    [engine, term, verify],
  )
  return useCall<readonly string[] | undefined>(term === '' ? nothing : ask)
}
