import type { Output, Task } from '../../contract/index.ts'
import type { Verb } from '../verb.ts'
import { readTask, readTasks, watchTasks } from './records/task-folder.ts'

type Change = Output<'task.events'>

/** What a caller knows of each task: its state, and its text as it was sent. */
type Known = Map<string, { state: Task['State']; text: string }>

/** All tasks, then what changes, of all processes of this user, until the caller leaves. A slow caller gets only the latest. */
export const events: Verb<'task.events'> = async (context, _input, { signal }) => {
  const known: Known = new Map()
  const running = (): string[] => [...known].flatMap(([id, { state }]) => (state === 'running' ? id : []))
  // Watched before it is read, so that nothing between the two is missed.
  const changes = watchTasks(context, running, signal)
  return (async function* () {
    try {
      const all = readTasks(context).map(({ task }) => task)
      changeOf(
        known,
        all.map((task) => [task.Id, task]),
      )
      yield { Tasks: all }
      for (let ids = await changes.next(); ids !== undefined; ids = await changes.next()) {
        const change = changeOf(
          known,
          [...ids].map((id) => [id, readTask(context, id)?.task]),
        )
        if (change !== undefined) yield change
      }
    } finally {
      changes.close()
    }
  })()
}

function changeOf(known: Known, read: readonly (readonly [string, Task | undefined])[]): Change | undefined {
  const tasks: Task[] = []
  const removed: string[] = []
  for (const [id, task] of read) {
    if (task === undefined) {
      if (known.delete(id)) removed.push(id)
      continue
    }
    const text = JSON.stringify(task)
    if (known.get(id)?.text === text) continue
    known.set(id, { state: task.State, text })
    tasks.push(task)
  }
  if (tasks.length + removed.length === 0) return undefined
  return { ...(tasks.length > 0 ? { Tasks: tasks } : {}), ...(removed.length > 0 ? { Removed: removed } : {}) }
}
