import type { Engine, Output } from '../../engine/contract/index.ts'
import { EngineError } from '../../engine/errors/index.ts'
import { createStore, type Store } from './store.ts'

/** What is known of one name: whether its registry has another image by now. */
export type Update = Output<'image.updates'>

/** What the last check found. */
export interface UpdatesState {
  readonly byName: ReadonlyMap<string, Update>
  /** When it ended; undefined while there was none. Milliseconds since 1970. */
  readonly checked: number | undefined
  readonly checking: boolean
  readonly error: EngineError | undefined
}

/** Newer images at registries: asked for when somebody wants to know, and remembered in this browser. */
export interface Updates {
  readonly state: Store<UpdatesState>
  /** Asks about all images, with one stream. A check that goes on is not begun twice. */
  check(): Promise<void>
  /** Ends a check; what it found so far stays. */
  stop(): void
  /** Forgets what is known of a name: it was pulled, or is gone. */
  forget(name: string): void
}

/** Where it is remembered: what a browser has of it, or nothing. */
export type Memory = Pick<Storage, 'getItem' | 'setItem'>

const most = 2000

/** Makes the record of newer images; several accounts may use one browser. */
export function createUpdates(
  engine: Pick<Engine, 'image.updates'>,
  account: string,
  memory: Memory | undefined = browserMemory(),
): Updates {
  const key = `berth.updates.${account}`
  const store = createStore<UpdatesState>({ ...recall(memory?.getItem(key)), checking: false, error: undefined })
  let stop: AbortController | undefined
  const keep = () => {
    const { byName, checked } = store.get()
    try {
      memory?.setItem(key, JSON.stringify({ checked, found: [...byName.values()].slice(0, most) }))
    } catch {
      // A browser that keeps nothing still shows what it was told.
    }
  }
  const check = async (): Promise<void> => {
    if (stop) return
    stop = new AbortController()
    const { signal } = stop
    store.set({ ...store.get(), checking: true, error: undefined })
    try {
      for await (const update of await engine['image.updates']({ cached: false }, { signal }))
        store.set({ ...store.get(), byName: new Map(store.get().byName).set(update.name, update) })
      store.set({ ...store.get(), checking: false, checked: Date.now() })
    } catch (error) {
      store.set({ ...store.get(), checking: false, error: signal.aborted ? undefined : EngineError.from(error) })
    } finally {
      stop = undefined
      keep()
    }
  }
  return {
    state: store,
    check,
    stop: () => stop?.abort(),
    forget(name) {
      const byName = new Map(store.get().byName)
      if (!byName.delete(name)) return
      store.set({ ...store.get(), byName })
      keep()
    },
  }
}

function browserMemory(): Memory | undefined {
  try {
    return window.localStorage
  } catch {
    return undefined
  }
}

/** What was remembered. It may be of another version, or have been changed: only what reads as updates is taken. */
function recall(text: string | null | undefined): Pick<UpdatesState, 'byName' | 'checked'> {
  try {
    const { checked, found } = JSON.parse(text ?? '{}') as { checked?: unknown; found?: unknown }
    const good = (Array.isArray(found) ? found : []).filter(isUpdate)
    return {
      byName: new Map(good.map((each) => [each.name, each])),
      checked: typeof checked === 'number' ? checked : undefined,
    }
  } catch {
    return { byName: new Map(), checked: undefined }
  }
}

function isUpdate(value: unknown): value is Update {
  const { name, id, status } = (value ?? {}) as Partial<Record<keyof Update, unknown>>
  return typeof name === 'string' && typeof id === 'string' && ['current', 'newer', 'unknown'].includes(String(status))
}
