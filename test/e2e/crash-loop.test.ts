import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, pullImages } from '../support/berth.ts'
import { eventually } from '../support/processes.ts'
import { pids } from '../support/users.ts'

// A container that ends as soon as it starts waits longer each time, and can be stopped, started and removed while it waits.

const { images } = inject('stage')

describe.each(anyone)('a crash loop, as %s', (name) => {
  const berth = berthAs(name)

  beforeAll(() => pullImages(berth, images.busybox))
  afterEach(() => clear(berth, false))
  afterAll(() => clear(berth))

  const look = async (container: string) => (await berth.json('inspect', container))[0]
  /** Runs one, and returns once it waits for seconds before its next start. */
  async function crash(container: string): Promise<void> {
    await berth('run', '-d', '--name', container, '--network', 'none', '--restart', 'always', images.busybox, 'false')
    await eventually(
      'a longer wait',
      async () => {
        const { State, RestartCount } = await look(container)
        return RestartCount >= 6 && State.Restarting === true
      },
      60_000,
    )
  }
  /** The shells that wait to start a container again. */
  const waiting = () => pids().filter((pid) => commandOf(pid).includes('berth-restart'))

  test('waits longer each time, in a process of its own that is small; a stop ends it', async () => {
    await crash('loop')
    const shells = await eventually('the shell that waits', () => (waiting().length > 0 ? waiting() : undefined))
    for (const pid of shells) expect(memoryOf(pid)).toBeLessThan(4 * 1024)
    // It is not one that nobody needs.
    expect(await berth('container', 'prune', '-f')).toBe('')
    const { RestartCount } = await look('loop')
    await berth('stop', 'loop')
    expect((await look('loop')).State).toMatchObject({ Status: 'exited', Restarting: false, ExitCode: 1 })
    await eventually('its end', () => waiting().length === 0)
    expect((await look('loop')).RestartCount).toBe(RestartCount)
  })

  test('a start does not wait and counts from the beginning; a removal leaves nothing', async () => {
    await crash('loop')
    await berth('start', 'loop')
    expect((await look('loop')).RestartCount).toBeLessThan(4)
    await berth('rm', '-f', '-t', '0', 'loop')
    await eventually('its end', () => waiting().length === 0)
  })
})

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch {
    return ''
  }
}

/** Kilobytes. */
function memoryOf(pid: number): number {
  try {
    return Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
