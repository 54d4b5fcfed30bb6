import { useCallback } from 'react'

import type { Output } from '../../engine/contract/index.ts'
import { useEngine } from '../lib/engine-context.tsx'
import { type CallState, useCall } from '../lib/use-call.ts'
import { useDebounced } from '../lib/use-debounced.ts'
import { splitReference } from './image-rows.ts'

/** An image that a search found. */
export type Find = Output<'registry.search'>[number]

/** Milliseconds without a key after which a registry is asked. */
const calm = 350
const most = 12
const mostTags = 500

/** Whether a name begins with the registry it comes from. */
export function hasRegistry(reference: string): boolean {
  const [first = '', ...rest] = reference.split('/')
  return rest.length > 0 && !reference.includes('//') && (first === 'localhost' || /[.:]/.test(first))
}

const nothing = async (): Promise<undefined> => undefined

/** What registries find for a name that is being typed; undefined while there is nothing to ask. */
export function useFinds(reference: string, verify: boolean): CallState<readonly Find[] | undefined> & { term: string } {
  const { engine } = useEngine()
  const settled = useDebounced(reference.trim(), calm)
  // What stands before a slash is the registry that is asked.
  const known = !settled.includes('/') || hasRegistry(settled)
  const asks = known && settled.length > 1 && /^[^\s@]*[^\s@/]$/.test(settled) && splitReference(settled).tag === ''
  const term = asks ? settled : ''
  const ask = useCallback(
    (signal: AbortSignal) =>
      engine['registry.search']({ term, limit: most, ...(verify ? {} : { tlsVerify: false }) }, { signal }),
    [engine, term, verify],
  )
  return { ...useCall<readonly Find[] | undefined>(term === '' ? nothing : ask), term }
}

/** The tags there are of an image at its registry; undefined while they are not known. */
export function useRemoteTags(reference: string, verify: boolean): CallState<readonly string[] | undefined> {
  const { engine } = useEngine()
  const { name } = splitReference(useDebounced(reference.trim(), calm))
  const term = hasRegistry(name) && !/[\s@]/.test(name) && !name.endsWith('/') ? name : ''
  const ask = useCallback(
    async (signal: AbortSignal) => {
      const access = verify ? {} : { tlsVerify: false }
      const found = await engine['registry.search']({ term, listTags: true, limit: mostTags, ...access }, { signal })
      return found.map(({ Tag }) => Tag)
    },
    [engine, term, verify],
  )
  return useCall<readonly string[] | undefined>(term === '' ? nothing : ask)
}
