import type { Engine, Output } from '../../../engine/contract/index.ts'
import { EngineError } from '../../../engine/errors/index.ts'
import { createStore, type Store } from '../store.ts'

/** Whether the registry has a newer image for a name. */
export type Update = Output<'image.updates'>

/** The result of the last check. */
export interface UpdatesState {
  readonly byName: ReadonlyMap<string, Update>
  /** When it ended; undefined while there was none. Milliseconds since 1970. */
  readonly checked: number | undefined
  readonly checking: boolean
  readonly error: EngineError | undefined
}

/** Updates of images: checked on demand, and stored in this browser. */
export interface Updates {
  readonly state: Store<UpdatesState>
  /** Checks all images with one stream. Does nothing while a check is running. */
  check(): Promise<void>
  /** Stops a check; results so far are kept. */
  stop(): void
  /** Removes the result of a name that was pulled or removed. */
  forget(name: string): void
}

/** The storage for results. */
export type UpdateStorage = Pick<Storage, 'getItem' | 'setItem'>

const maxStored = 2000

/** Creates the updates of an account; several accounts may share a browser. */
export function createUpdates(
  engine: Pick<Engine, 'image.updates'>,
  account: string,
  storage: UpdateStorage | undefined = browserStorage(),
): Updates {
  const key = `berth.updates.${account}`
  const store = createStore<UpdatesState>({ ...parseStored(storage?.getItem(key)), checking: false, error: undefined })
  let stop: AbortController | undefined
  const save = () => {
    const { byName, checked } = store.get()
    try {
      storage?.setItem(key, JSON.stringify({ checked, found: [...byName.values()].slice(0, maxStored) }))
    } catch {
      // Without storage the results last as long as the page.
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
      save()
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
      save()
    },
  }
}

function browserStorage(): UpdateStorage | undefined {
  try {
    return window.localStorage
  } catch {
    return undefined
  }
}

/** Parses stored results. Anything that is not a valid update is dropped. */
function parseStored(text: string | null | undefined): Pick<UpdatesState, 'byName' | 'checked'> {
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
