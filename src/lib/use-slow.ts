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

/** Watches a store, and tells of several changes within `pause` milliseconds once, at their end. */
function watchSlowly(store: Store<unknown>, listener: () => void, pause: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const leave = store.subscribe(() => {
    timer ??= setTimeout(() => {
      timer = undefined
      listener()
    }, pause)
  })
  return () => {
    clearTimeout(timer)
    leave()
  }
}
