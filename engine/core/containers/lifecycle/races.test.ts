import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { parseInput } from '../../../contract/index.ts'
import { containerById, deleteContainer, findContainer, updateState } from '../../../store/index.ts'
import { cleanup } from '../cleanup.ts'
import { restart } from '../restart.ts'
import { wait } from '../wait.ts'
import { stopContainer } from './end-process.ts'
import { type FakeRuns, fakeRuns } from './fixtures/fake-run.ts'
import { beforeLock, beforeTransaction } from './fixtures/gate.ts'
import { observe } from './observe.ts'
import { reconcileAll, reconcileEnded } from './reconcile.ts'

/** What a start does, without a runtime. */
const starting = vi.hoisted(() => ({ begin: async (_id: string): Promise<void> => {}, count: 0 }))
vi.mock('./start-run.ts', async (original) => ({
  ...(await original<object>()),
  startLocked: async (context: FakeRuns['context'], { id }: { id: string }, options: { restarts?: number } = {}) => {
    starting.count += 1
    await starting.begin(id)
    const facts = { restarts: options.restarts ?? 0, stoppers: [], stoppedByUser: false, exitCode: 0 }
    await context.database.transaction(() => updateState(context.database, id, facts))
    return containerById(context.database, id)
  },
}))

let runs: FakeRuns
beforeEach(() => {
  runs = fakeRuns()
  Object.assign(starting, { begin: (id: string) => runs.begin(id), count: 0 })
})
afterEach(() => runs.close())

const status = (id: string) => runs.state(id)?.status
const always = { restart: { name: 'always', maximumRetries: 0 } } as const
const exitCommand = (id: string, remove = false) =>
  cleanup(runs.context, parseInput('container.cleanup', { name: id, remove, stoppedOnly: true }))
const waiting = (id: string, condition: string[] = [], signal?: AbortSignal) =>
  wait(runs.context, parseInput('container.wait', { name: id, condition }), { signal })
const stopping = (id: string) => vi.waitFor(() => expect(status(id)).toBe('stopping'), { interval: 2 })

async function running(config: Parameters<FakeRuns['create']>[0] = {}): Promise<string> {
  const id = await runs.create(config)
  await runs.begin(id)
  return id
}

describe('wait', () => {
  test('answers once a removal that another process has begun is done', async () => {
    const id = await running({ autoRemove: true })
    const answer = waiting(id)
    const seen = beforeLock(runs.context)
    await runs.end(id, 5)
    await seen.reached
    const exit = beforeTransaction(runs.context)
    const removal = exitCommand(id, true)
    await exit.reached
    const deletion = beforeTransaction(runs.context)
    exit.open()
    await deletion.reached
    expect(status(id)).toBe('removing')
    seen.open()
    // It gives the lock up after a while, and asks for it again.
    const again = beforeLock(runs.context)
    await again.reached
    again.open()
    deletion.open()
    expect(await answer).toBe(5)
    expect(containerById(runs.context.database, id)).toBeUndefined()
    await removal
  })

  test('answers once a removal is done that had begun before it was asked', async () => {
    const id = await running({ autoRemove: true })
    await runs.end(id, 5)
    // Holds the lock, and has recorded nothing yet.
    const exit = beforeTransaction(runs.context)
    const removal = exitCommand(id, true)
    await exit.reached
    const seen = beforeLock(runs.context)
    const answer = waiting(id)
    await seen.reached
    const again = beforeLock(runs.context)
    seen.open()
    // It gives the lock up after a while, and asks for it again before it answers.
    await again.reached
    again.open()
    exit.open()
    expect(await answer).toBe(5)
    expect(containerById(runs.context.database, id)).toBeUndefined()
    await removal
  })

  test('answers the code of one that is removed just before it could act on the end', async () => {
    const id = await running({ autoRemove: true })
    const answer = waiting(id)
    const gate = beforeLock(runs.context)
    await runs.end(id, 5)
    await gate.reached
    await exitCommand(id, true)
    expect(containerById(runs.context.database, id)).toBeUndefined()
    gate.open()
    expect(await answer).toBe(5)
  })

  test.each([[[]], [['stopped']], [['exited']], [['not-running']], [['next-exit']]])(
    'for %j answers the code of a run, also where the restart policy begins the next one at once',
    async (condition) => {
      const id = await running(always)
      const answer = waiting(id, condition)
      const gate = beforeLock(runs.context)
      await runs.end(id, 3)
      await gate.reached
      await reconcileAll(runs.context)
      expect(status(id)).toBe('running')
      gate.open()
      expect(await answer).toBe(3)
    },
  )

  test('for removed goes on through ends and restarts', async () => {
    const id = await running(always)
    const answer = waiting(id, ['removed'])
    await runs.end(id, 3)
    await reconcileAll(runs.context)
    expect(status(id)).toBe('running')
    await runs.context.database.transaction(() => updateState(runs.context.database, id, { stoppedByUser: true }))
    await runs.end(id, 4)
    await reconcileAll(runs.context)
    await runs.context.database.transaction(() => deleteContainer(runs.context.database, id))
    expect(await answer).toBe(4)
  })

  test('given up by its caller changes nothing', async () => {
    const id = await running()
    const caller = new AbortController()
    const answer = waiting(id, [], caller.signal)
    caller.abort()
    await expect(answer).rejects.toMatchObject({ code: 'Cancelled' })
    expect(runs.state(id)).toMatchObject({ status: 'running', stoppers: [] })
  })

  test('of one that never ran answers at once, and for the next exit waits for its first', async () => {
    const id = await runs.create()
    expect(await waiting(id)).toBe(0)
    const next = waiting(id, ['next-exit'])
    await runs.begin(id)
    await runs.end(id, 9)
    expect(await next).toBe(9)
  })
})

describe('reading beside others', () => {
  test('an end that another notes meanwhile is noted once', async () => {
    const id = await running()
    const record = findContainer(runs.context.database, id)
    await runs.end(id, 2)
    const gate = beforeTransaction(runs.context)
    const first = observe(runs.context, record)
    await gate.reached
    expect((await observe(runs.context, record)).state).toMatchObject({ status: 'exited', exitCode: 2 })
    gate.open()
    expect((await first).state).toMatchObject({ status: 'exited', exitCode: 2 })
    expect(runs.events(id)).toEqual(['died'])
  })

  test('an end is not noted for the run that another began meanwhile', async () => {
    const id = await running(always)
    const record = findContainer(runs.context.database, id)
    await runs.end(id, 2)
    const gate = beforeTransaction(runs.context)
    const reader = observe(runs.context, record)
    await gate.reached
    await reconcileAll(runs.context)
    gate.open()
    expect((await reader).state.status).toBe('running')
    expect(status(id)).toBe('running')
    expect(runs.events(id).filter((event) => event === 'died')).toHaveLength(1)
  })

  test('of two that act on one end, one frees and starts it', async () => {
    const id = await running(always)
    const record = findContainer(runs.context.database, id)
    await runs.end(id, 2)
    const gate = beforeLock(runs.context)
    const first = reconcileEnded(runs.context, record)
    await gate.reached
    await reconcileEnded(runs.context, record)
    gate.open()
    expect((await first).state.status).toBe('running')
    expect(runs.freed).toEqual([id])
    expect(starting.count).toBe(1)
  })
})

describe('stop and restart beside each other', () => {
  test('a stop that comes to one that has just ended says so, and nothing is started again', async () => {
    const id = await running(always)
    const gate = beforeLock(runs.context)
    const stop = stopContainer(runs.context, id)
    await gate.reached
    await runs.context.database.transaction(() => updateState(runs.context.database, id, { stoppedByUser: true }))
    await runs.end(id, 143)
    await reconcileAll(runs.context)
    gate.open()
    await expect(stop).rejects.toMatchObject({ code: 'ContainerAlreadyStopped' })
    expect(runs.state(id)).toMatchObject({ status: 'exited', stoppers: [] })
    expect(starting.count).toBe(0)
  })

  test('two restarts at once leave it running, stopped by nobody', async () => {
    const id = await running()
    const again = () => restart(runs.context, parseInput('container.restart', { name: id }), {})
    const both = Promise.all([again(), again()])
    await vi.waitFor(() => expect(runs.state(id)?.stoppers).toHaveLength(2), { interval: 2 })
    await runs.end(id, 143)
    await both
    expect(runs.state(id)).toMatchObject({ status: 'running', stoppers: [], stoppedByUser: false })
  })

  test('a restart that is given up once it has stopped leaves it to the restart policy', async () => {
    const id = await running(always)
    const caller = new AbortController()
    const restarted = restart(runs.context, parseInput('container.restart', { name: id }), { signal: caller.signal })
    const rejected = expect(restarted).rejects.toMatchObject({ code: 'Cancelled' })
    await stopping(id)
    const gate = beforeLock(runs.context)
    caller.abort()
    await gate.reached
    await runs.end(id, 143)
    gate.open()
    await rejected
    expect(status(id)).not.toBe('stopping')
    await reconcileAll(runs.context)
    expect(runs.state(id)).toMatchObject({ stoppers: [] })
  })

  test('the exit command that comes while the end is being acted on finds nothing to do', async () => {
    const id = await running()
    const stop = stopContainer(runs.context, id)
    await stopping(id)
    const gate = beforeLock(runs.context)
    await runs.end(id, 143)
    await gate.reached
    await exitCommand(id)
    gate.open()
    await stop
    expect(runs.freed).toEqual([id])
    expect(runs.events(id).filter((event) => event === 'died')).toHaveLength(1)
    expect(runs.state(id)).toMatchObject({ status: 'exited', exitCode: 143, stoppedByUser: true })
  })
})
