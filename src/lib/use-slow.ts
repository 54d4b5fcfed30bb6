import { useCallback, useSyncExternalStore } from 'react'

import type { Store } from './store.ts'

/** The store's value, drawn again at most every `pause` milliseconds, and not for its own sake while not `active`. */
export function useSlow<T>(store: Store<T>, active: boolean, pause: number): T {
  const subscribe = useCallback(
    (listener: () => void) => (active ? watchSlowly(store, listener, pause) : () => {}),
    [store, active, pause],
  )
  return useSyncExternalStore(subscribe, store.get)
}

/** Watches a store, and tells of its first change at once, of those within `pause` milliseconds after it together. */
function watchSlowly(store: Store<unknown>, listener: () => void, pause: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let changed = false
  const rest = () => {
    timer = undefined
    if (changed) tell()
  }
  const tell = () => {
    changed = false
    timer = setTimeout(rest, pause)
    listener()
  }
  const leave = store.subscribe(() => {
    if (timer === undefined) tell()
    else changed = true
  })
  return () => {
    clearTimeout(timer)
    leave()
  }
}
