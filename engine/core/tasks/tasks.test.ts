import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import type { Output, Task } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { finishTasks, type LocalEngine, openEngine } from '../index.ts'
import { createProgress } from './running/progress.ts'
import { runningTasks } from './running/running-tasks.ts'
import { writeTask } from './records/task-folder.ts'

let folder: string
let local: LocalEngine
let other: LocalEngine

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tasks-'))
  const options = { root: join(folder, 'store'), runRoot: join(folder, 'run') }
  local = openEngine(options)
  // As another session of the same user has it.
  other = openEngine(options)
})

afterEach(async () => {
  await Promise.all([local.close(), other.close()])
  rmSync(folder, { recursive: true })
})

const list = () => other.engine['task.list']({})
const only = async (): Promise<Task> => (await list())[0]!
const ended = (state: Task['State']) => vi.waitFor(async () => expect(await only()).toMatchObject({ State: state }), 20_000)

/** Starts a task of some work. */
const start = (work: (signal: AbortSignal) => Promise<unknown>) =>
  runningTasks(local.context).start('image.pull', 'busybox', work)

/** Work that goes on until it is cancelled. */
const endless = (signal: AbortSignal) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(new EngineError('Cancelled', 'It was cancelled.'))))

const layer = { digest: 'sha256:a', phase: 'downloading' as const, current: 1, total: 2 }

test('a task shows its progress to other sessions, and its result', async () => {
  const gate = Promise.withResolvers<void>()
  const id = await start(async () =>
    (async function* () {
      yield { layer }
      await gate.promise
      yield { layer: { ...layer, phase: 'done', current: 2 } }
      yield { id: 'the-image', images: ['the-image'] }
    })(),
  )
  await vi.waitFor(async () => expect((await only()).Layers).toEqual([layer]))
  expect(await only()).toMatchObject({ Id: id, Operation: 'image.pull', Object: 'busybox', State: 'running' })
  gate.resolve()
  await ended('done')
  const task = await only()
  expect(task.Result).toEqual({ Id: 'the-image' })
  expect(task.Layers).toEqual([{ ...layer, phase: 'done', current: 2 }])
  expect(Date.parse(task.Ended!)).toBeGreaterThanOrEqual(Date.parse(task.Started))
})

test('a failure is kept with its code; a task that has ended is removed from the list', async () => {
  const { Id } = await local.engine['task.start']({
    body: { operation: 'image.loadLocal', input: { path: join(folder, 'none') } },
  })
  await ended('failed')
  expect(await only()).toMatchObject({ Object: join(folder, 'none'), Error: { code: 'NotFound' } })
  await other.engine['task.cancel']({ id: Id })
  expect(await list()).toEqual([])
  await expect(other.engine['task.cancel']({ id: Id })).rejects.toMatchObject({ code: 'TaskNotFound' })
  await expect(other.engine['task.cancel']({ id: '../../x' })).rejects.toMatchObject({ code: 'TaskNotFound' })
})

test('what cannot run as a task, or with this input, is refused at once', async () => {
  const run = (operation: string, input = {}) => local.engine['task.start']({ body: { operation, input } })
  await expect(run('container.list')).rejects.toMatchObject({ code: 'InvalidArgument', details: { field: 'operation' } })
  await expect(run('constructor')).rejects.toMatchObject({ code: 'InvalidArgument' })
  await expect(run('image.pull', {})).rejects.toMatchObject({ code: 'InvalidArgument', details: { field: 'reference' } })
  expect(await list()).toEqual([])
})

test('another session cancels a task; one that has come to its end before is done', async () => {
  const id = await start(endless)
  await other.engine['task.cancel']({ id })
  await ended('cancelled')
  expect((await only()).Error).toBeUndefined()
  expect(readdirSync(join(folder, 'run/tasks'))).not.toContain(`${id}.cancel`)
})

test('a login is in no record', async () => {
  await local.engine['task.start']({
    body: { operation: 'image.pull', input: { reference: '127.0.0.1:1/x', credentials: 'alice:secret-word', retry: 0 } },
  })
  await ended('failed')
  const [file] = readdirSync(join(folder, 'run/tasks'))
  expect(readFileSync(join(folder, 'run/tasks', file!), 'utf8')).not.toContain('secret-word')
  expect(await only()).toMatchObject({ Object: '127.0.0.1:1/x' })
})

test('the stream begins with all tasks and tells what changes, and what is removed', async () => {
  const stop = new AbortController()
  const id = await start(endless)
  const stream = (await other.engine['task.events']({}, { signal: stop.signal }))[Symbol.asyncIterator]()
  const next = async (): Promise<Output<'task.events'>> => (await stream.next()).value
  expect((await next()).Tasks).toMatchObject([{ Id: id, State: 'running' }])
  await local.engine['task.cancel']({ id })
  expect((await next()).Tasks).toMatchObject([{ Id: id, State: 'cancelled' }])
  await local.engine['task.cancel']({ id })
  expect(await next()).toEqual({ Removed: [id] })
  stop.abort()
  expect((await stream.next()).done).toBe(true)
})

test('a task whose process has ended has failed, and what is no record is left out', async () => {
  const id = await start(endless)
  const task = { ...(await only()), Id: '0123456789ab' }
  writeTask(local.context, { task, owner: { pid: process.pid, startTime: '1', boot: 'earlier' } })
  writeFileSync(join(folder, 'run/tasks/ba9876543210.json'), '{"task":')
  const found = await list()
  expect(Object.fromEntries(found.map(({ Id, State }) => [Id, State]))).toEqual({ [id]: 'running', [task.Id]: 'failed' })
  expect(found.find(({ Id }) => Id === task.Id)?.Error?.code).toBe('TaskInterrupted')
})

test('so many run at a time, and so many that have ended are kept', async () => {
  for (let n = 0; n < 55; n += 1) await start(async () => [])
  await finishTasks(local.context, 10_000, new AbortController().signal)
  const gate = Promise.withResolvers<unknown>()
  for (let n = 0; n < 16; n += 1) await start(() => gate.promise)
  await expect(start(async () => [])).rejects.toMatchObject({ code: 'TaskLimit' })
  const tasks = await list()
  expect(tasks.filter(({ State }) => State === 'running')).toHaveLength(16)
  expect(tasks.length).toBeLessThanOrEqual(16 + 50)
  gate.resolve([])
})

test('a process waits for its tasks, up to a time, or until it is told not to', async () => {
  const gate = Promise.withResolvers<unknown>()
  await start(() => gate.promise)
  const finished = finishTasks(local.context, 60_000, new AbortController().signal)
  expect(await Promise.race([finished.then(() => 'finished'), sleep(50, 'waiting')])).toBe('waiting')
  gate.resolve([])
  await finished
  await start(endless)
  await finishTasks(local.context, 1, new AbortController().signal)
  await start(endless)
  await finishTasks(local.context, 60_000, AbortSignal.abort())
  await start(endless)
  await local.close()
  expect((await list()).map(({ State }) => State)).toEqual(['done', 'cancelled', 'cancelled', 'cancelled'])
})

test('what is kept of a task’s progress is bounded', () => {
  const progress = createProgress()
  for (let n = 0; n < 1000; n += 1) progress.note({ layer: { ...layer, digest: `sha256:${n}` }, stream: 'x'.repeat(2000) })
  progress.note(null)
  expect(progress.shown.Layers).toHaveLength(256)
  expect(JSON.stringify(progress.shown).length).toBeLessThan(100_000)
  progress.finish({ ContainerPruneReports: [{ Id: 'a', Size: 1 }], VolumePruneReports: null, ReclaimedSpace: 7 })
  expect(progress.shown.Result).toEqual({ Removed: 1, ReclaimedSpace: 7 })
})
