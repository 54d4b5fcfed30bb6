import { useCallback, useMemo, useState } from 'react'

/** Which rows of a list are chosen, by their keys. */
export interface Selection {
  readonly keys: ReadonlySet<string>
  set(keys: readonly string[]): void
  /** A stable function, so that rows are not rendered again. */
  readonly select: (key: string, on: boolean) => void
}

/** The selection among these rows; rows that are gone or filtered out are dropped. `there`: the same list while nothing changes. */
export function useSelection(there: readonly string[]): Selection {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const keys = useMemo(() => new Set(there.filter((key) => selected.has(key))), [there, selected])
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
