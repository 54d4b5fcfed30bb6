import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { encodeControl, encodeStdio } from '../../bridge/protocol/index.ts'
import { inPieces, mutateBytes, mutateJson, mutateText } from '../fuzz/mutate.ts'
import { factor, type Random, randomOf, seed } from '../fuzz/random.ts'
import { type Agent, startAgent } from '../support/agent.ts'
import { berthAs, clear } from '../support/berth.ts'
import { inTime } from './fuzz/watch.ts'
import { eventually } from '../support/processes.ts'
import { processesOf } from '../support/users.ts'

// The agent as alice on two pipes, as cockpit-ws or ssh start it: what is no message ends it in order, and what is one never does.

const berth = berthAs('alice')
const started: Agent[] = []
afterAll(async () => {
  for (const { child } of started) child.stdin?.end()
  await clear(berth)
})

function start(): Agent {
  const agent = startAgent(berth)
  started.push(agent)
  return agent
}

const engine = join(berth.user.runtime, 'berth/berth.sock')
const opens: Record<string, unknown>[] = [
  { payload: 'http-stream2', unix: engine, method: 'GET', path: '/v5.0.0/libpod/info' },
  { payload: 'stream', unix: engine, binary: 'raw', 'flow-control': true },
  { payload: 'stream', spawn: ['cat'], pty: true, window: { rows: 24, cols: 80 } },
  { payload: 'stream', spawn: ['echo', 'x'], err: 'message', environ: ['A=b'] },
  { payload: 'fsread1', path: '/etc/hostname', max_read_size: 100 },
  { payload: 'fsinfo', path: '/etc', attrs: ['type', 'tag'], watch: true },
  { payload: 'metrics1', source: 'internal', metrics: [{ name: 'memory.used' }], interval: 100 },
  { payload: 'dbus-json3', bus: 'internal' },
  { payload: 'echo' },
  { payload: 'null' },
]

/** Whatever it was sent, an agent ends without a crash, and all it started ends with it. */
async function endsWell({ child, printed, ended }: Agent, before: number): Promise<void> {
  child.stdin!.end()
  const late = setTimeout(() => child.kill('SIGKILL'), inTime * 3)
  const code = await ended
  clearTimeout(late)
  expect({ code, printed: printed() }).toEqual({ code: 0, printed: expect.not.stringMatching(/\n {4}at |uncaught|Unhandled/i) })
  await eventually('the end of all it started', () => processesOf(berth.user).length <= before, 15_000)
}

test(`streams that are no messages, seed ${seed}`, { timeout: 300_000 }, async () => {
  const random = randomOf('agent, streams')
  const before = processesOf(berth.user).length
  for (let round = 0; round < Math.ceil(12 * factor); round++) {
    const agent = start()
    const whole = Buffer.concat(
      Array.from({ length: 40 }, (_, number) =>
        encodeStdio('', encodeControl({ command: 'open', channel: `1:${number}`, ...random.pick(opens) } as never)),
      ),
    )
    for (const piece of inPieces(random, mutateBytes(random, whole))) agent.child.stdin!.write(piece)
    await endsWell(agent, before)
  }
})

function message(random: Random, number: number): Uint8Array {
  const channel = `1:${number}`
  const recent = `1:${number - random.below(6)}`
  switch (random.below(8)) {
    case 0:
      return encodeStdio(
        recent,
        random.chance(50) ? random.bytes(random.below(100)) : mutateText(random, '{"watch":{"path":"/user"},"id":"1"}'),
      )
    case 1:
      return encodeStdio(
        '',
        encodeControl({
          command: random.pick(['close', 'done', 'options', 'ping', 'pong', 'kill']),
          channel: recent,
          window: mutateJson(random, { rows: 1, cols: 2 }),
          group: 'none',
          sequence: random.pick([-1, 1e9, 'x']),
        } as never),
      )
    default: {
      const { payload, ...fields } = random.pick(opens)
      const changed = mutateJson(random, fields)
      const own = typeof changed === 'object' && changed !== null && !Array.isArray(changed) ? changed : {}
      return encodeStdio(
        '',
        encodeControl({
          ...own,
          host: 'localhost',
          group: undefined,
          'send-acks': undefined,
          'flow-control': true,
          command: 'open',
          channel,
          payload,
        } as never),
      )
    }
  }
}

test(`messages about channels, seed ${seed}`, { timeout: 300_000 }, async () => {
  const random = randomOf('agent, messages')
  const before = processesOf(berth.user).length
  for (let round = 0; round < 3; round++) {
    const agent = start()
    const count = Math.ceil(1000 * factor)
    for (let number = 10; number < count; number++) {
      let next = message(random, number)
      // A control message that is too large ends its agent, which other tests are about.
      while (next.length > 60_000) next = message(random, number)
      agent.child.stdin!.write(next)
      if (number % 50 === 0) {
        agent.child.stdin!.write(encodeStdio('', encodeControl({ command: 'ping', what: `round ${number}` })))
        await eventually(
          `an answer to a ping (${agent.printed()} ${JSON.stringify(agent.controls.at(-1))})`,
          () => agent.controls.some(({ what }) => what === `round ${number}`),
          inTime * 3,
        )
      }
    }
    const faults = agent.controls.filter(({ problem }) => problem === 'internal-error')
    console.log(`round ${round}, seed ${seed}: ${count} messages, ${agent.controls.length} answers`)
    expect(faults.slice(0, 10), `seed ${seed}`).toEqual([])
    await endsWell(agent, before)
  }
})
