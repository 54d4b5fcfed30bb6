import { useCallback, useSyncExternalStore } from 'react'

import type { Store } from '../engine/store.ts'

/** The store's value, updated at most every `pause` milliseconds, and not while not `active`. */
export function useThrottled<T>(store: Store<T>, active: boolean, pause: number): T {
  const subscribe = useCallback(
    (listener: () => void) => (active ? subscribeThrottled(store, listener, pause) : () => {}),
    [store, active, pause],
  )
  return useSyncExternalStore(subscribe, store.get)
}

/** Subscribes with throttling: the first change is reported immediately, those within `pause` milliseconds after it together. */
function subscribeThrottled(store: Store<unknown>, listener: () => void, pause: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let changed = false
  const flush = () => {
    timer = undefined
    if (changed) notify()
  }
  const notify = () => {
    changed = false
    timer = setTimeout(flush, pause)
    listener()
  }
  const unsubscribe = store.subscribe(() => {
    if (timer === undefined) notify()
    else changed = true
  })
  return () => {
    clearTimeout(timer)
    unsubscribe()
  }
}
