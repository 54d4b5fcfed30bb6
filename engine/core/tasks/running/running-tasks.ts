import type { OperationName, Task } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { type FolderWatch, watchFolder } from '../../../lib/files/watch-folder.ts'
import { randomToken } from '../../../lib/random-id.ts'
import type { Context } from '../../context.ts'
import {
  cancelRequests,
  forgetCancel,
  ownProcess,
  readTasks,
  removeTask,
  type TaskRecord,
  taskFolder,
  writeTask,
} from '../records/task-folder.ts'
import { createProgress, type Progress } from './progress.ts'

/** Tasks of one user that may run, and ended ones that are kept. */
const maxRunning = 16
const maxEnded = 50

/** Milliseconds between two writes of a task's progress. */
const progressInterval = 250

type Work = (signal: AbortSignal) => Promise<unknown>

/** The tasks that this process runs. */
export interface RunningTasks {
  /** Called with their number, whenever it changes. */
  onChange: (running: number) => void
  /** Starts one and returns its id. @throws EngineError `TaskLimit`. */
  start(operation: OperationName, object: string, work: Work): Promise<string>
  /** Cancels one; false if this process does not run it. */
  cancel(id: string): boolean
  /** Waits until none runs. Those that are left after `timeout` milliseconds, or when `signal` is aborted, are cancelled. */
  finish(timeout: number, signal: AbortSignal): Promise<void>
}

const known = new WeakMap<Context, RunningTasks>()

/** The tasks of a context, the same at every call. */
export function runningTasks(context: Context): RunningTasks {
  let found = known.get(context)
  if (found === undefined) known.set(context, (found = createRunningTasks(context)))
  return found
}

interface Running {
  stop: AbortController
  ended: Promise<void>
}

function createRunningTasks(context: Context): RunningTasks {
  const running = new Map<string, Running>()
  const requests = followRequests(context, (id) => running.get(id)?.stop.abort())
  const changed = (): void => {
    requests(running.size > 0)
    tasks.onChange(running.size)
  }
  const tasks: RunningTasks = {
    onChange: () => {},
    async start(operation, object, work) {
      const task = newTask(operation, object)
      await context.lock('global', 'tasks', () => {
        makeRoom(context)
        writeTask(context, { task, owner: ownProcess() })
      })
      const stop = new AbortController()
      const ended = run(context, task, work, AbortSignal.any([stop.signal, context.closing])).finally(() => {
        running.delete(task.Id)
        context.unwritten.delete(ended)
        changed()
      })
      context.unwritten.add(ended)
      running.set(task.Id, { stop, ended })
      changed()
      return task.Id
    },
    cancel(id) {
      const found = running.get(id)
      found?.stop.abort()
      return found !== undefined
    },
    finish: (timeout, signal) => finish([...running.values()], timeout, signal),
  }
  return tasks
}

/** Calls `cancel` for what other processes ask to cancel, while it is switched on. */
function followRequests(context: Context, cancel: (id: string) => void): (on: boolean) => void {
  let watcher: FolderWatch | undefined
  const look = (): void => cancelRequests(context).forEach(cancel)
  return (on) => {
    if (!on) watcher?.close()
    if (on === (watcher !== undefined)) return
    const changes = (name: string | null) => void ((name === null || name.endsWith('.cancel')) && look())
    watcher = on ? watchFolder(taskFolder(context), changes, () => {}) : undefined
    if (on) look()
  }
}

async function finish(running: readonly Running[], timeout: number, signal: AbortSignal): Promise<void> {
  const stopAll = (): void => running.forEach(({ stop }) => stop.abort())
  const timer = setTimeout(stopAll, timeout)
  signal.addEventListener('abort', stopAll, { once: true })
  if (signal.aborted) stopAll()
  await Promise.all(running.map(({ ended }) => ended))
  signal.removeEventListener('abort', stopAll)
  clearTimeout(timer)
}

const newTask = (operation: OperationName, object: string): Task => ({
  Id: randomToken(),
  Operation: operation,
  Object: object,
  State: 'running',
  Started: new Date().toISOString(),
  Layers: [],
  Lines: [],
})

/** Removes the oldest ended tasks beyond the limit. @throws EngineError `TaskLimit`. */
function makeRoom(context: Context): void {
  const [running, ended] = [[], []] as [TaskRecord[], TaskRecord[]]
  for (const record of readTasks(context)) (record.task.State === 'running' ? running : ended).push(record)
  for (const { task } of ended.slice(0, Math.max(0, ended.length - maxEnded + 1))) removeTask(context, task.Id)
  if (running.length >= maxRunning)
    throw new EngineError('TaskLimit', `${maxRunning} tasks are running; wait for one of them to end, or cancel one.`, {
      details: { limit: maxRunning },
    })
}

/** Runs one to its end and keeps its record. Never rejects. */
async function run(context: Context, task: Task, work: Work, signal: AbortSignal): Promise<void> {
  const owner = ownProcess()
  const progress = createProgress()
  const write = (change: Partial<Task>): void => {
    const { Result, ...shown } = progress.shown
    try {
      writeTask(context, { owner, task: { ...task, ...shown, ...(change.State === 'done' ? { Result } : {}), ...change } })
    } catch (error) {
      context.log.warn(`The task ${task.Id} could not be recorded: ${(error as Error).message}`, { operation: task.Operation })
    }
  }
  const change = await follow(work, signal, progress, write)
  forgetCancel(context, task.Id)
  write({ ...change, Ended: new Date().toISOString() })
}

async function follow(
  work: Work,
  signal: AbortSignal,
  progress: Progress,
  write: (change: Partial<Task>) => void,
): Promise<Partial<Task>> {
  let written = 0
  try {
    const answer = await work(signal)
    if (!isStream(answer)) progress.finish(answer)
    else
      for await (const item of answer) {
        progress.note(item)
        if (Date.now() - written < progressInterval) continue
        written = Date.now()
        write({})
      }
    // What has come to its end before the cancellation reached it is done.
    const finished = !signal.aborted || Object.keys(progress.shown.Result ?? {}).length > 0
    return { State: finished ? 'done' : 'cancelled' }
  } catch (error) {
    const { code, message, details } = EngineError.from(error)
    if (signal.aborted) return { State: 'cancelled' }
    return { State: 'failed', Error: { code, message, ...(Object.keys(details).length > 0 ? { details } : {}) } }
  }
}

const isStream = (answer: unknown): answer is AsyncIterable<unknown> =>
  typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer
