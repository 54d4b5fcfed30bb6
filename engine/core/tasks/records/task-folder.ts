import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import * as v from 'valibot'

import { Task } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { writeFileAtomicSync } from '../../../lib/files/atomic-file.ts'
import { makePrivateFolder } from '../../../lib/files/private-folder.ts'
import { watchFolder } from '../../../lib/files/watch-folder.ts'
import { bootId, isAlive, processStartTime } from '../../../lib/process/process.ts'
import type { Context } from '../../context.ts'

// A user's tasks are files of their run state, so that every process of theirs lists them: `ID.json` is the task and who runs it,
// `ID.cancel` asks that process to cancel it. A reboot may empty the folder, and ends every task.

/** A task and the process that runs it. */
export interface TaskRecord {
  task: Task
  owner: { pid: number; startTime: string; boot: string }
}

const Record = v.object({
  task: Task,
  owner: v.object({ pid: v.number(), startTime: v.string(), boot: v.string() }),
})

/** Bytes of a record at which it is not read. */
const maxRecord = 256 * 1024

/** Records that are looked at; more are removed when a task starts. */
const maxListed = 1_000

const recordFile = /^([0-9a-f]{12})\.json$/

type Where = Pick<Context, 'runRoot'>

const folderOf = ({ runRoot }: Where): string => path.join(runRoot, 'tasks')
const fileOf = (where: Where, id: string): string => path.join(folderOf(where), `${id}.json`)

/** The folder of the records, made where it is missing. */
export function taskFolder(where: Where): string {
  const folder = folderOf(where)
  makePrivateFolder(folder)
  return folder
}

/** What names this process in the records of its tasks. */
export const ownProcess = (): TaskRecord['owner'] => ({
  pid: process.pid,
  startTime: processStartTime(process.pid) ?? '',
  boot: bootId(),
})

/** Writes a record; a reader sees the old one or the new one. */
export function writeTask(where: Where, record: TaskRecord): void {
  writeFileAtomicSync(path.join(taskFolder(where), `${record.task.Id}.json`), JSON.stringify(record))
}

/** All records, the oldest first. What cannot be read is left out. */
export function readTasks(where: Where): TaskRecord[] {
  const ids = namesIn(folderOf(where)).flatMap((name) => recordFile.exec(name)?.[1] ?? [])
  const found = ids.slice(0, maxListed).flatMap((id) => readTask(where, id) ?? [])
  return found.toSorted((a, b) => (a.task.Started < b.task.Started ? -1 : 1))
}

/** A record; a running task whose process has ended is shown as failed. */
export function readTask(where: Where, id: string): TaskRecord | undefined {
  if (!recordFile.test(`${id}.json`)) return undefined
  const file = fileOf(where, id)
  let text: string
  try {
    if (statSync(file).size > maxRecord) return undefined
    text = readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
  const parsed = v.safeParse(Record, jsonOf(text))
  if (!parsed.success || parsed.output.task.Id !== id) return undefined
  const { task, owner } = parsed.output
  return task.State === 'running' && !owns(owner) ? { owner, task: interrupted(task, file) } : parsed.output
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const owns = ({ pid, startTime, boot }: TaskRecord['owner']): boolean => boot === bootId() && isAlive(pid, startTime)

/** Its end is when it was last heard of. */
function interrupted(task: Task, file: string): Task {
  const { code, message } = new EngineError(
    'TaskInterrupted',
    `The process that ran ${task.Operation} ended before it was done; start it again.`,
  )
  const ended = statSync(file, { throwIfNoEntry: false })?.mtime ?? new Date()
  return { ...task, State: 'failed', Ended: ended.toISOString(), Error: { code, message } }
}

/** Removes a record and what was asked of it. Idempotent. */
export function removeTask(where: Where, id: string): void {
  rmSync(fileOf(where, id), { force: true })
  forgetCancel(where, id)
}

/** Removes what {@link requestCancel} left. Idempotent. */
export const forgetCancel = (where: Where, id: string): void =>
  rmSync(path.join(folderOf(where), `${id}.cancel`), { force: true })

/** Asks the process that runs a task to cancel it. */
export function requestCancel(where: Where, id: string): void {
  writeFileSync(path.join(taskFolder(where), `${id}.cancel`), '', { mode: 0o600 })
}

/** The tasks that someone asks to cancel. */
export function cancelRequests(where: Where): string[] {
  return namesIn(folderOf(where)).flatMap((name) => /^([0-9a-f]{12})\.cancel$/.exec(name)?.[1] ?? [])
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Changes of the records. */
export interface TaskChanges {
  /** The ids of what has changed since the last call; waits for one. `undefined` after the end. */
  next(): Promise<ReadonlySet<string> | undefined>
  close(): void
}

/** Milliseconds between two looks at the processes of running tasks: one that was killed changes no file. */
const aliveInterval = 5_000

/** Follows the records, of all processes, until `signal` is aborted or it is closed. `running` are tasks last seen running. */
export function watchTasks(where: Where, running: () => Iterable<string>, signal: AbortSignal | undefined): TaskChanges {
  let changed = new Set<string>()
  let over = signal?.aborted === true
  let wake = (): void => {}
  const add = (id: string): void => {
    changed.add(id)
    wake()
  }
  const changes = (name: string | null): void => {
    for (const file of name === null ? readdirSync(taskFolder(where)) : [name]) {
      const id = recordFile.exec(file)?.[1]
      if (id !== undefined) add(id)
    }
  }
  const timer = setInterval(() => {
    for (const id of running()) if (readTask(where, id)?.task.State !== 'running') add(id)
  }, aliveInterval).unref()
  const watcher = watchFolder(taskFolder(where), changes, () => end())
  const end = (): void => {
    over = true
    clearInterval(timer)
    watcher.close()
    signal?.removeEventListener('abort', end)
    wake()
  }
  signal?.addEventListener('abort', end, { once: true })
  return {
    async next() {
      if (!over && changed.size === 0) await new Promise<void>((resolve) => (wake = resolve))
      if (over) return undefined
      const ids = changed
      changed = new Set()
      return ids
    },
    close: end,
  }
}
