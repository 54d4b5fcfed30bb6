import { useCallback, useState } from 'react'

/** A switch that this browser remembers. Where it may not store anything, it lasts as long as the page. */
export function useKept(name: string, initial: boolean): [boolean, (value: boolean) => void] {
  const key = `berth-${name}`
  const [value, setValue] = useState(() => read(key) ?? initial)
  const set = useCallback(
    (next: boolean) => {
      setValue(next)
      try {
        window.localStorage.setItem(key, String(next))
      } catch {
        // Private windows may have none.
      }
    },
    [key],
  )
  return [value, set]
}

function read(key: string): boolean | undefined {
  try {
    const kept = window.localStorage.getItem(key)
    return kept === null ? undefined : kept === 'true'
  } catch {
    return undefined
  }
}
