import { useCallback, useMemo, useState } from 'react'

/** Which lines are chosen. */
export interface Selection {
  readonly keys: ReadonlySet<string>
  set(keys: readonly string[]): void
  /** The same function always: lines need not be drawn again for it. */
  readonly choose: (key: string, on: boolean) => void
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
