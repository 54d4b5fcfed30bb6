/** A value that changes and can be watched: what React's `useSyncExternalStore` wants. */
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

/** What a store does while somebody watches it. */
export interface Lifecycle {
  /** The first watcher came. The returned function runs after the last one left. */
  start(): () => void
  /** How long, in milliseconds, the last watcher's leaving may be followed by another's coming without a stop. */
  linger?: number
}

/** Makes a store. With a `lifecycle` it works only while it is watched, however many watch it. */
export function createStore<T>(initial: T, lifecycle?: Lifecycle): WritableStore<T> {
  let value = initial
  const listeners = new Set<() => void>()
  const use = lifecycle && countUses(lifecycle)
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
      const release = use?.()
      return () => {
        listeners.delete(own)
        release?.()
      }
    },
  }
}

/** Runs `start` for the first of any number of uses, and its undoing after the last. Each use is given back once. */
export function countUses({ start, linger = 0 }: Lifecycle): () => () => void {
  let uses = 0
  let stop: (() => void) | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const leave = () => {
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
      if (linger > 0) timer = setTimeout(leave, linger)
      else leave()
    }
  }
}
