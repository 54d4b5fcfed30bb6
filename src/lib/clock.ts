import { createStore } from './store.ts'

/** Now, in steps of ten seconds: what "5 minutes ago" is drawn from. Ticks while something shows it. */
export const clock = createStore(new Date(), {
  start() {
    clock.set(new Date())
    const timer = setInterval(() => clock.set(new Date()), 10_000)
    return () => clearInterval(timer)
  },
})
