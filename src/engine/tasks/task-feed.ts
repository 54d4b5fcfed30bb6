import type { Engine, Task } from '../../../engine/contract/index.ts'
import { EngineError, fromWire } from '../../../engine/errors/index.ts'
import { keepOpen } from '../connection/retry.ts'
import { createStore, type Store } from '../store.ts'

/** The user's tasks, those of other sessions too, the oldest first: kept current by one stream while it is used. */
export interface TaskFeed extends Store<readonly Task[]> {
  /**
   * Resolves with a task once it is done; `onChange` gets it as it goes on. Rejects with its error, and with `Cancelled` or
   * `TaskNotFound` where somebody cancelled it or removed it from the list. Leaving it with `signal` lets the task go on.
   */
  follow(id: string, onChange: (task: Task) => void, signal?: AbortSignal): Promise<Task>
  /** Whether {@link TaskFeed.follow} has waited for a task: its end is shown there. */
  isFollowed(id: string): boolean
}

/** Creates the feed of an engine that has tasks. */
export function createTaskFeed(engine: Pick<Engine, 'task.events'>): TaskFeed {
  const tasks = new Map<string, Task>()
  const followed = new Set<string>()
  const store = createStore<readonly Task[]>([], {
    start() {
      let whole = false
      return keepOpen({
        open: (signal) => engine['task.events']({}, { signal }),
        onOpen: () => (whole = true),
        onItem: ({ Tasks = [], Removed = [] }) => {
          if (whole) tasks.clear()
          whole = false
          for (const task of Tasks) tasks.set(task.Id, task)
          for (const id of Removed) tasks.delete(id)
          store.set([...tasks.values()].toSorted((a, b) => (a.Started < b.Started ? -1 : 1)))
        },
      })
    },
    linger: 1000,
  })
  return {
    get: store.get,
    subscribe: store.subscribe,
    isFollowed: (id) => followed.has(id),
    follow(id, onChange, signal) {
      followed.add(id)
      const { promise, resolve, reject } = Promise.withResolvers<Task>()
      let last: Task | undefined
      const look = () => {
        const task = tasks.get(id)
        if (task === undefined && last !== undefined) reject(new EngineError('TaskNotFound', `There is no task ${id} any more.`))
        if (task === undefined || task === last) return
        last = task
        onChange(task)
        if (task.State === 'done') resolve(task)
        else if (task.State !== 'running') reject(failureOf(task))
      }
      const unsubscribe = store.subscribe(look)
      const leave = () => reject(new EngineError('Cancelled', 'The task is no longer followed.'))
      signal?.addEventListener('abort', leave, { once: true })
      look()
      return promise.finally(() => {
        unsubscribe()
        signal?.removeEventListener('abort', leave)
      })
    },
  }
}

/** Why a task was not done. */
export function failureOf({ Operation, Error: error }: Task): EngineError {
  return error === undefined ? new EngineError('Cancelled', `${Operation} was cancelled.`) : fromWire(500, error)
}
