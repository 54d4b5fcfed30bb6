import { createStore, type Store } from './store.ts'

/** Milliseconds for which a page that was hidden still counts as seen: switching between tabs closes nothing. */
const hideDelay = 2000

const store = createStore(true, {
  start() {
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = () => {
      clearTimeout(timer)
      if (document.hidden) timer = setTimeout(() => store.set(false), hideDelay)
      else store.set(true)
    }
    document.addEventListener('visibilitychange', look)
    look()
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', look)
      store.set(true)
    }
  },
})

/** Whether anybody may see this page. Nothing is streamed to one in a tab behind others. */
export const visible: Store<boolean> = store
