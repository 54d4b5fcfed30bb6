import { useEffect, useState } from 'react'

import type { Store } from './store.ts'

/** The store's value at most every `pause` milliseconds; its last one, unwatched, while not `active`. */
export function useSlow<T>(store: Store<T>, active: boolean, pause: number): T {
  const [value, setValue] = useState(store.get)
  useEffect(() => {
    if (!active) return
    setValue(store.get())
    let timer: ReturnType<typeof setTimeout> | undefined
    const later = () => {
      timer ??= setTimeout(() => {
        timer = undefined
        setValue(store.get())
      }, pause)
    }
    const leave = store.subscribe(later)
    return () => {
      clearTimeout(timer)
      leave()
    }
  }, [store, active, pause])
  return value
}
