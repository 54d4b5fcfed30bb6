import { createStore, type Store } from './store.ts'

/** Labels of running operations, by the id of their object. */
export type Pending = ReadonlyMap<string, string>

/** Creates the record. `run` adds a label while `work` runs, and rejects with its error. */
export function createPending(): Store<Pending> & {
  run: (id: string, label: string, work: () => Promise<unknown>) => Promise<void>
} {
  const store = createStore<Pending>(new Map())
  const set = (id: string, label: string | undefined) => {
    const next = new Map(store.get())
    if (label === undefined) next.delete(id)
    else next.set(id, label)
    store.set(next)
  }
  return {
    get: store.get,
    subscribe: store.subscribe,
    async run(id, label, work) {
      set(id, label)
      try {
        await work()
      } finally {
        set(id, undefined)
      }
    },
  }
}
