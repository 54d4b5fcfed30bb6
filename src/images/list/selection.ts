import { useCallback, useMemo, useState } from 'react'

import type { ImageRow } from '../image-rows.ts'

/** The selected rows. */
export interface Selection {
  readonly keys: ReadonlySet<string>
  set(keys: readonly string[]): void
  /** A stable function, so that rows are not rendered again. */
  readonly select: (key: string, on: boolean) => void
}

/** The keys of rows that can be selected: read-only images cannot. */
export const selectable = (rows: readonly ImageRow[]): string[] =>
  rows.filter(({ image }) => !image.ReadOnly).map(({ key }) => key)

/** Whether all selectable rows are selected. */
export function isAllSelected({ keys }: Selection, rows: readonly ImageRow[]): boolean {
  const all = selectable(rows)
  return all.length > 0 && all.every((key) => keys.has(key))
}

/** The selection among these rows; removed rows are dropped. */
export function useSelection(there: readonly { key: string }[]): Selection {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const keys = useMemo(() => new Set(there.filter(({ key }) => selected.has(key)).map(({ key }) => key)), [there, selected])
  const select = useCallback((key: string, on: boolean) => {
    setSelected((old) => {
      const next = new Set(old)
      if (on) next.add(key)
      else next.delete(key)
      return next
    })
  }, [])
  const set = useCallback((next: readonly string[]) => setSelected(new Set(next)), [])
  return useMemo(() => ({ keys, set, select }), [keys, set, select])
}
