import { useMemo } from 'react'

import { useQuery, useQueryList } from '../../hooks/route.ts'
import type { ContainerFilter, FilterKind, StateFilter } from '../filtering.ts'

/** The filter of the list, kept in the address. */
export interface FilterState {
  readonly filter: ContainerFilter
  /** Whether anything is filtered. */
  readonly active: boolean
  setText(text: string): void
  setState(state: StateFilter): void
  /** Adds a value to a kind, or takes it away. */
  toggle(kind: FilterKind, value: string): void
  clear(): void
}

/** Reads and writes it. */
export function useContainerFilter(): FilterState {
  const [text, setText] = useQuery('filter', '')
  const [state, setState] = useQuery<StateFilter>('state', 'all')
  const [status, setStatus] = useQueryList('status')
  const [image, setImage] = useQueryList('image')
  const [pod, setPod] = useQueryList('pod')
  const [label, setLabel] = useQueryList('label')
  const filter = useMemo(() => ({ text, state, status, image, pod, label }), [text, state, status, image, pod, label])
  const lists = { status: setStatus, image: setImage, pod: setPod, label: setLabel }
  return {
    filter,
    active: text !== '' || state !== 'all' || [status, image, pod, label].some(({ length }) => length > 0),
    setText,
    setState,
    toggle: (kind, value) => {
      const old = filter[kind]
      lists[kind](old.includes(value) ? old.filter((each) => each !== value) : [...old, value])
    },
    clear: () => {
      setText('')
      setState('all')
      for (const set of Object.values(lists)) set([])
    },
  }
}
