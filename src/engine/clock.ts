import { createStore } from './store.ts'

/** The current time in steps of ten seconds, for relative times. Ticks while it is subscribed to. */
export const clock = createStore(new Date(), {
  start() {
    clock.set(new Date())
    const timer = setInterval(() => clock.set(new Date()), 10_000)
    return () => clearInterval(timer)
  },
})
