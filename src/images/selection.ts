import { useCallback, useMemo, useState } from 'react'

import type { ImageRow } from './image-rows.ts'

/** Which lines are chosen. */
export interface Selection {
  readonly keys: ReadonlySet<string>
  set(keys: readonly string[]): void
  /** The same function always: lines need not be drawn again for it. */
  readonly choose: (key: string, on: boolean) => void
}

/** The keys of the lines that can be chosen: what is only read cannot be changed. */
export const choosable = (rows: readonly ImageRow[]): string[] =>
  rows.filter(({ image }) => !image.ReadOnly).map(({ key }) => key)

/** Whether all of them are chosen. */
export function isAllChosen({ keys }: Selection, rows: readonly ImageRow[]): boolean {
  const all = choosable(rows)
  return all.length > 0 && all.every((key) => keys.has(key))
}

/** What is chosen of these lines; what is no longer there is not chosen. */
export function useSelection(there: readonly { key: string }[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const keys = useMemo(() => new Set(there.filter(({ key }) => chosen.has(key)).map(({ key }) => key)), [there, chosen])
  const choose = useCallback((key: string, on: boolean) => {
    setChosen((old) => {
      const next = new Set(old)
      if (on) next.add(key)
      else next.delete(key)
      return next
    })
  }, [])
  const set = useCallback((next: readonly string[]) => setChosen(new Set(next)), [])
  return useMemo(() => ({ keys, set, choose }), [keys, set, choose])
}
