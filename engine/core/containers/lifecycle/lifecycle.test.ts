import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { parseInput } from '../../../contract/index.ts'
import { containerById, findContainer, updateState } from '../../../store/index.ts'
import { cleanup } from '../cleanup.ts'
import { currentContainers } from '../records/live.ts'
import { restart } from '../restart.ts'
import { wait } from '../wait.ts'
import { deadStopper, type FakeRuns, fakeRuns } from './fixtures/fake-run.ts'
import { observe } from './observe.ts'
import { reconcileAll, loadReconciled } from './reconcile.ts'
import { stopContainer } from './end-process.ts'
import { attendExit } from './attended-exits.ts'
import { watchForExits } from './watch.ts'

/** What an init and a start do, without a runtime. `between` runs before, as another process that is faster. */
const starting = vi.hoisted(() => ({ begin: async (_id: string): Promise<void> => {}, fail: false, count: 0 }))
vi.mock('./start-run.ts', async (original) => ({
  ...(await original<object>()),
  startLocked: async (context: FakeRuns['context'], { id }: { id: string }, options: { restarts?: number } = {}) => {
    if (starting.fail) throw new Error('no room')
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
  Object.assign(starting, { begin: (id: string) => runs.begin(id), fail: false, count: 0 })
})
afterEach(() => runs.close())

const status = (id: string) => runs.state(id)?.status
const exitCommand = (id: string, remove = false) =>
  cleanup(runs.context, parseInput('container.cleanup', { name: id, remove, stoppedOnly: true }))
const stopping = (id: string) => vi.waitFor(() => expect(status(id)).toBe('stopping'), { interval: 2 })

async function running(config: Parameters<FakeRuns['create']>[0] = {}, state = {}): Promise<string> {
  const id = await runs.create(config)
  await runs.begin(id, state)
  return id
}

describe('reading', () => {
  test('sees an end, notes it once, and acts on nothing', async () => {
    const id = await running({ autoRemove: true, restart: { name: 'always', maximumRetries: 0 } })
    await runs.end(id, 7)
    for (let time = 0; time < 3; time++) {
      const [seen] = await currentContainers(runs.context)
      expect(seen?.state).toMatchObject({ status: 'exited', exitCode: 7 })
    }
    expect(runs.state(id)).toMatchObject({ status: 'stopped', exitCode: 7 })
    expect(runs.freed).toEqual([])
    expect(starting.count).toBe(0)
    expect(runs.events(id)).toEqual(['died'])
  })

  test('sees what vanished with its monitor, and what ran before the last boot', async () => {
    const vanished = await running()
    const old = await running({}, { bootId: 'another' })
    await runs.vanish(vanished)
    const seen = await currentContainers(runs.context)
    expect(seen.map(({ state }) => [state.status, state.exitCode])).toEqual([
      ['exited', -1],
      ['exited', -1],
    ])
    expect(status(old)).toBe('stopped')
  })

  test('returns a run that was started meanwhile, and records no exit of it', async () => {
    const id = await running()
    const before = findContainer(runs.context.database, id)
    await runs.end(id, 1)
    await runs.begin(id)
    expect((await observe(runs.context, before)).state.status).toBe('running')
    expect(status(id)).toBe('running')
  })
})

describe('acting on an end', () => {
  test('continues after a reader recorded the exit: frees, and reports the exit once', async () => {
    const id = await running()
    await runs.end(id, 3)
    await currentContainers(runs.context)
    await exitCommand(id)
    expect(runs.state(id)).toMatchObject({ status: 'exited', exitCode: 3, conmonPid: 0 })
    expect(runs.freed).toEqual([id])
    expect(runs.events(id)).toEqual(['died', 'cleanup'])
  })

  test('the restart policy starts it again, also after a reader was first', async () => {
    const id = await running({ restart: { name: 'on-failure', maximumRetries: 2 } })
    await runs.end(id, 1)
    await currentContainers(runs.context)
    await reconcileAll(runs.context)
    expect(runs.state(id)).toMatchObject({ status: 'running', restarts: 1 })
  })

  test('a process killed before the restart leaves what the next caller goes on from', async () => {
    const id = await running({ restart: { name: 'always', maximumRetries: 0 } })
    await runs.end(id, 0)
    const begin = starting.begin
    // As SIGKILL at that moment: what was written before it stays.
    starting.begin = () => Promise.reject(new Error('killed'))
    const update = runs.context.database.transaction.bind(runs.context.database)
    const spy = vi.spyOn(runs.context.database, 'transaction')
    spy.mockImplementation((work) => (starting.count > 0 ? Promise.reject(new Error('killed')) : update(work)))
    await reconcileAll(runs.context)
    expect(status(id)).toBe('stopped')
    spy.mockRestore()
    starting.begin = begin
    await reconcileAll(runs.context)
    expect(status(id)).toBe('running')
  })

  test('a restart that fails leaves it exited, and is not tried for ever', async () => {
    const id = await running({ restart: { name: 'always', maximumRetries: 0 } })
    starting.fail = true
    await runs.end(id, 0)
    await reconcileAll(runs.context)
    expect(status(id)).toBe('exited')
  })

  test('wait does it, and answers the exit code also of one that is removed', async () => {
    const id = await running({ autoRemove: true })
    const answer = wait(runs.context, parseInput('container.wait', { name: id }), {})
    await runs.end(id, 5)
    expect(await answer).toBe(5)
    expect(containerById(runs.context.database, id)).toBeUndefined()
    expect(runs.freed).toEqual([id])
  })

  test('a service does it where nobody else did, after the exit command had its time', async () => {
    const id = await running({ autoRemove: true })
    const stop = new AbortController()
    watchForExits(runs.context, stop.signal, 5)
    await runs.end(id, 0)
    await vi.waitFor(() => expect(containerById(runs.context.database, id)).toBeUndefined(), { interval: 5 })
    stop.abort()
  })

  test('a service does it at once for what it started itself, and for nothing else', async () => {
    const [own, other] = [await running({ autoRemove: true }), await running({ autoRemove: true })]
    const stop = new AbortController()
    watchForExits(runs.context, stop.signal, 60_000)
    expect(attendExit(runs.context, own)).toBe(true)
    await runs.end(other, 0)
    await runs.end(own, 0)
    await vi.waitFor(() => expect(containerById(runs.context.database, own)).toBeUndefined(), { interval: 5 })
    expect(containerById(runs.context.database, other)).toBeDefined()
    stop.abort()
    expect(attendExit(runs.context, own)).toBe(false)
  })
})

describe('stop', () => {
  test('aborted, it is running again, and its restart policy holds', async () => {
    const id = await running({ restart: { name: 'always', maximumRetries: 0 } })
    const caller = new AbortController()
    const stop = stopContainer(runs.context, id, { signal: caller.signal })
    await stopping(id)
    expect(runs.state(id)?.stoppedByUser).toBe(true)
    caller.abort()
    await expect(stop).rejects.toMatchObject({ code: 'Cancelled' })
    expect(runs.state(id)).toMatchObject({ status: 'running', stoppedByUser: false, stoppers: [] })
    await runs.end(id, 0)
    await reconcileAll(runs.context)
    expect(status(id)).toBe('running')
  })

  test('aborted while another stops it, it stays stopping and ends stopped', async () => {
    const id = await running()
    const caller = new AbortController()
    const first = stopContainer(runs.context, id, { signal: caller.signal })
    await vi.waitFor(() => expect(runs.state(id)?.stoppers).toHaveLength(1), { interval: 2 })
    const second = stopContainer(runs.context, id)
    await vi.waitFor(() => expect(runs.state(id)?.stoppers).toHaveLength(2), { interval: 2 })
    caller.abort()
    await expect(first).rejects.toMatchObject({ code: 'Cancelled' })
    expect(runs.state(id)).toMatchObject({ status: 'stopping', stoppedByUser: true })
    await runs.end(id, 143)
    await second
    expect(runs.state(id)).toMatchObject({ status: 'exited', exitCode: 143, stoppedByUser: true })
  })

  test('aborted, but it has ended before that can be taken back: it is stopped', async () => {
    const id = await running({ restart: { name: 'always', maximumRetries: 0 } })
    const caller = new AbortController()
    const stop = stopContainer(runs.context, id, { signal: caller.signal })
    const rejected = expect(stop).rejects.toMatchObject({ code: 'Cancelled' })
    await stopping(id)
    await runs.context.lock('container', id, async () => {
      caller.abort()
      await runs.end(id, 143)
    })
    await rejected
    expect(runs.state(id)).toMatchObject({ status: 'exited', stoppedByUser: true, stoppers: [] })
    expect(starting.count).toBe(0)
  })

  test('by a process that was killed: the next reader sees it running, and records that', async () => {
    const id = await running({}, { status: 'stopping', stoppedByUser: true, stoppers: [await deadStopper('stop')] })
    const [seen] = await currentContainers(runs.context)
    expect(seen?.state.status).toBe('running')
    expect(runs.state(id)).toMatchObject({ status: 'running', stoppedByUser: false, stoppers: [] })
    const other = await running({}, { status: 'stopping', stoppedByUser: true, stoppers: [await deadStopper('stop')] })
    await runs.context.lock('container', other, () => loadReconciled(runs.context, other))
    expect(runs.state(other)).toMatchObject({ status: 'running', stoppedByUser: false, stoppers: [] })
  })

  test('that SIGKILL does not end says so, and it is running again', async () => {
    const id = await running()
    const stop = stopContainer(runs.context, id, { timeout: 0, killTimeout: 30 })
    await expect(stop).rejects.toMatchObject({ code: 'StopTimeout' })
    expect(runs.state(id)).toMatchObject({ status: 'running', stoppedByUser: false, stoppers: [] })
  })

  test('for a shutdown is none by a person, and starts nothing again', async () => {
    const id = await running({ restart: { name: 'unless-stopped', maximumRetries: 0 } })
    const stop = stopContainer(runs.context, id, { purpose: 'shutdown' })
    await stopping(id)
    await runs.end(id, 143)
    await exitCommand(id)
    await stop
    expect(runs.state(id)).toMatchObject({ status: 'exited', stoppedByUser: false })
    expect(starting.count).toBe(0)
  })

  test('of one whose monitor was killed waits for its process', async () => {
    const id = await running({}, {})
    const { conmonPid } = runs.state(id)!
    process.kill(-conmonPid, 'SIGKILL')
    await vi.waitFor(() => expect(() => process.kill(conmonPid, 0)).toThrow('ESRCH'), { interval: 2 })
    expect((await currentContainers(runs.context))[0]?.state.status).toBe('running')
    await stopContainer(runs.context, id, { timeout: 0 })
    expect(runs.state(id)).toMatchObject({ status: 'exited', exitCode: -1 })
  })
})

describe('restart of a container with --rm', () => {
  const rm = { autoRemove: true, stopTimeout: 10 }
  const begin = async (id: string) => {
    const done = restart(runs.context, parseInput('container.restart', { name: id }), {})
    await stopping(id)
    return done
  }

  test('keeps it when the exit command comes before the start', async () => {
    const id = await running(rm)
    const restarted = begin(id)
    await stopping(id)
    let exit: Promise<unknown> | undefined
    await runs.context.lock('container', id, async () => {
      // First in line for the lock, before the one who restarts it has seen the end.
      exit = exitCommand(id, true)
      await runs.end(id, 143)
    })
    await exit
    expect(status(id)).toBe('stopped')
    await restarted
    expect(status(id)).toBe('running')
    expect(starting.count).toBe(1)
  })

  test('keeps it when the exit command comes after the start', async () => {
    const id = await running(rm)
    const restarted = begin(id)
    await stopping(id)
    await runs.end(id, 143)
    await restarted
    await exitCommand(id, true)
    expect(status(id)).toBe('running')
  })

  test('removes it when the start fails', async () => {
    const id = await running(rm)
    starting.fail = true
    const rejected = expect(begin(id)).rejects.toThrow('no room')
    await stopping(id)
    await runs.end(id, 143)
    await rejected
    expect(containerById(runs.context.database, id)).toBeUndefined()
  })

  test('removes it when the one who restarts it is killed in between', async () => {
    const id = await running(rm, { status: 'stopping', stoppers: [await deadStopper('restart')] })
    await runs.end(id, 143)
    await exitCommand(id, true)
    expect(containerById(runs.context.database, id)).toBeUndefined()
  })

  test('is given up to the policy when the one who restarts it is killed after the exit command freed it', async () => {
    const id = await running({ restart: { name: 'always', maximumRetries: 0 } }, {})
    const stopper = await stopPurposeRestart(id)
    expect(status(id)).toBe('stopped')
    await runs.context.database.transaction(() =>
      updateState(runs.context.database, id, { stoppers: [{ ...stopper, startTime: '1' }] }),
    )
    await reconcileAll(runs.context)
    expect(status(id)).toBe('running')
  })

  async function stopPurposeRestart(id: string) {
    const stop = stopContainer(runs.context, id, { purpose: 'restart' })
    await stopping(id)
    await runs.end(id, 143)
    return (await stop)!
  }
})

describe('removal', () => {
  test('beside a container that is made to need it: that one hears that it is gone', async () => {
    const id = await runs.create()
    await runs.context.database.transaction(() => updateState(runs.context.database, id, { status: 'removing' }))
    await expect(runs.create({}, [id])).rejects.toMatchObject({ code: 'ContainerNotFound' })
    await expect(runs.create({}, ['f'.repeat(64)])).rejects.toMatchObject({ code: 'ContainerNotFound' })
  })
})
