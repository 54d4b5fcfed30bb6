/** An observable value, for React's `useSyncExternalStore`. */
export interface Store<T> {
  get(): T
  /** Calls `listener` after each change until the returned function is called. */
  subscribe(listener: () => void): () => void
}

/** A store its owner may change. */
export interface WritableStore<T> extends Store<T> {
  /** Replaces the value; the same value again is no change. */
  set(value: T): void
}

/** What a store does while it has subscribers. */
export interface Lifecycle {
  /** Called for the first subscriber. The returned function is called after the last one has left. */
  start(): () => void
  /** Milliseconds after the last subscriber has left before it stops. */
  linger?: number
}

/** Creates a store. A `lifecycle` runs while it has subscribers. */
export function createStore<T>(initial: T, lifecycle?: Lifecycle): WritableStore<T> {
  let value = initial
  const listeners = new Set<() => void>()
  const acquire = lifecycle && countReferences(lifecycle)
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return
      value = next
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      const own = () => listener()
      listeners.add(own)
      const release = acquire?.()
      return () => {
        listeners.delete(own)
        release?.()
      }
    },
  }
}

/** A store of what `map` makes of another's value: a number or a text. */
export function mapped<T, R extends number | string | undefined>(store: Store<T>, map: (value: T) => R): Store<R> {
  return { get: () => map(store.get()), subscribe: store.subscribe }
}

/** Reference counting: `start` runs for the first reference, its result after the last is released. Releasing is idempotent. */
export function countReferences({ start, linger = 0 }: Lifecycle): () => () => void {
  let uses = 0
  let stop: (() => void) | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const stopLast = () => {
    stop?.()
    stop = undefined
  }
  return () => {
    uses += 1
    clearTimeout(timer)
    stop ??= start()
    let held = true
    return () => {
      if (!held) return
      held = false
      uses -= 1
      if (uses > 0) return
      if (linger > 0) timer = setTimeout(stopLast, linger)
      else stopLast()
    }
  }
}
