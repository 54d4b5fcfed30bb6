import { useCallback, useMemo, useState } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import { type Grouping, groupings } from '../grouping.ts'
import { type ColumnKey, columns } from './columns.ts'

/** How a person likes the list. */
export interface ViewSettings {
  readonly group: Grouping
  readonly columns: readonly ColumnKey[]
}

const initial: ViewSettings = {
  group: 'all',
  columns: columns.filter((column) => column.initial).map(({ key }) => key),
}

/** Reads stored settings; what is not known, or no longer, is left out. */
export function parseViewSettings(text: string | null | undefined): ViewSettings {
  try {
    const stored = JSON.parse(text ?? '') as Partial<Record<keyof ViewSettings, unknown>>
    const chosen = stored.columns
    return {
      group: groupings.find((each) => each === stored.group) ?? initial.group,
      columns: Array.isArray(chosen) ? columns.filter(({ key }) => chosen.includes(key)).map(({ key }) => key) : initial.columns,
    }
  } catch {
    return initial
  }
}

/** The settings of the user who is logged in, kept in this browser. */
export function useViewSettings(): [ViewSettings, (change: Partial<ViewSettings>) => void] {
  const { user } = useEngine()
  const key = `berth.containers.${user}`
  const [stored, setStored] = useState(() => read(key))
  const settings = useMemo(() => parseViewSettings(stored), [stored])
  const change = useCallback(
    (next: Partial<ViewSettings>) => {
      const text = JSON.stringify({ ...settings, ...next })
      setStored(text)
      try {
        localStorage.setItem(key, text)
      } catch {
        // Without storage they last as long as the page is shown.
      }
    },
    [key, settings],
  )
  return [settings, change]
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}
