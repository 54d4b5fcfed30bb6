import { useCallback, useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
/** Where the browser may not store anything, it lasts as long as the page. */
const unstored = new Map<string, boolean>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** A switch that this browser remembers; all who use the same name have the same. */
export function useKept(name: string, initial: boolean): [boolean, (value: boolean) => void] {
  const key = `berth-${name}`
  const value = useSyncExternalStore(subscribe, () => read(key) ?? initial)
  const set = useCallback(
    (next: boolean) => {
      try {
        window.localStorage.setItem(key, String(next))
        unstored.delete(key)
      } catch {
        unstored.set(key, next)
      }
      for (const listener of listeners) listener()
    },
    [key],
  )
  return [value, set]
}

function read(key: string): boolean | undefined {
  if (unstored.has(key)) return unstored.get(key)
  try {
    const kept = window.localStorage.getItem(key)
    return kept === null ? undefined : kept === 'true'
  } catch {
    return undefined
  }
}
