import { createStore, type Store } from './store.ts'

/** What is being done right now, in words, by the id of the object it is done to. */
export type Pending = ReadonlyMap<string, string>

/** Makes the record of what is being done. `run` notes it while `work` goes on, and passes its failure on. */
export function createPending(): Store<Pending> & {
  run: (id: string, words: string, work: () => Promise<unknown>) => Promise<void>
} {
  const store = createStore<Pending>(new Map())
  const set = (id: string, words: string | undefined) => {
    const next = new Map(store.get())
    if (words === undefined) next.delete(id)
    else next.set(id, words)
    store.set(next)
  }
  return {
    get: store.get,
    subscribe: store.subscribe,
    async run(id, words, work) {
      set(id, words)
      try {
        await work()
      } finally {
        set(id, undefined)
      }
    },
  }
}
