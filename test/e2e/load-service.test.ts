import { get, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type ApiService, startApiService } from '../support/api-service.ts'
import { anyone, berthAs, clear, pullImages } from '../support/berth.ts'
import { memoryOf } from '../support/memory.ts'
import { eventually, run } from '../support/processes.ts'

// The API service with many clients at once: each gets what it asked for, one that does not read costs a bounded amount of memory, and
// what is answered from memory is never old.

const { busybox } = inject('stage').images
const berth = berthAs(anyone[0]!)
const clients = 200
const slow = 30
/** Bytes that the service may grow by with all of them. */
const allowed = 160_000_000
let service: ApiService

beforeAll(async () => {
  await pullImages(berth, busybox)
  service = await startApiService(berth, 'load')
  const loop = 'yes 0123456789012345678901234567890 | head -c 4000000; while true; do echo tick; sleep 0.2; done'
  for (const name of ['one', 'two'])
    await berth('run', '-d', '--name', name, '--network', 'none', '--stop-timeout', '0', busybox, 'sh', '-c', loop)
})
afterAll(async () => {
  await clear(berth)
  await service?.stop()
})

const streams = [
  '/v5.0.0/libpod/containers/one/logs?stdout=true&follow=true&tail=5',
  '/v5.0.0/libpod/events?stream=true',
  '/v5.0.0/libpod/containers/stats?stream=true&interval=1',
  '/v1.41/containers/two/stats?stream=true',
  '/v1.41/containers/two/logs?stdout=true&follow=true&tail=5',
  '/v1.41/events?filters={"type":["image"]}',
]

interface Reader {
  path: string
  bytes: number
  lines: number
  failure?: string
  close(): void
}

function read(path: string): Promise<Reader> {
  return new Promise((resolve, reject) => {
    const asked = get({ socketPath: service.socket, path, headers: { host: 'd' }, agent: false }, (answer) => {
      const reader: Reader = { path, bytes: 0, lines: 0, close: () => asked.destroy() }
      if (answer.statusCode !== 200) reader.failure = `status ${answer.statusCode}`
      answer.on('data', (data: Buffer) => {
        reader.bytes += data.length
        for (const byte of data) if (byte === 10) reader.lines += 1
      })
      answer.on('error', () => {})
      resolve(reader)
    })
    asked.on('error', reject)
  })
}

/** A client that asks for everything and reads nothing. */
function ignore(path: string): Socket {
  const socket = connect(service.socket, () => socket.write(`GET ${path} HTTP/1.1\r\nHost: d\r\n\r\n`))
  socket.pause()
  return socket.on('error', () => {})
}

function call(method: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: service.socket, method, path, headers: { host: 'd' } }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode ?? 0))
    })
    asked.on('error', reject)
    asked.end()
  })
}

test(`${clients} clients stream logs, events and stats at once, ${slow} more do not read, and memory is bounded`, async () => {
  await call('GET', '/v5.0.0/libpod/containers/json')
  // The launcher is replaced by Node, and becomes it.
  const before = memoryOf(service.pid)
  const readers = await Promise.all(Array.from({ length: clients }, (_, index) => read(streams[index % streams.length]!)))
  const stuck = Array.from({ length: slow }, (_, index) =>
    ignore(`/v5.0.0/libpod/containers/${index % 2 ? 'one' : 'two'}/logs?stdout=true&follow=true`),
  )
  expect(readers.filter(({ failure }) => failure !== undefined)).toEqual([])
  const rate = await makeEvents(200)
  // Nothing is lost.
  const watchers = readers.filter(({ path }) => path.includes('events'))
  await eventually('all events', () => watchers.every(({ lines }) => lines >= 200), 60_000)
  await eventually('all streams', () => readers.every(({ bytes }) => bytes > 0))
  const most = memoryOf(service.pid)
  expect(await call('GET', '/_ping')).toBe(200)
  for (const reader of readers) reader.close()
  for (const socket of stuck) socket.destroy()
  const mib = (bytes: number): number => Math.round(bytes / 2 ** 20)
  await eventually('its memory again', () => memoryOf(service.pid) - before < allowed / 2, 60_000)
  console.log(
    `${Math.round(rate)} events a second to ${watchers.length} clients; MiB ${mib(before)} → ${mib(most)} → ${mib(memoryOf(service.pid))}`,
  )
  expect(most - before).toBeLessThan(allowed)
  expect(service.log()).not.toMatch(/level=(warn|error)/)
}, 240_000)

let names = 0

/** Gives an image this many more names, twenty at a time. Returns how many a second it took. */
async function makeEvents(count: number): Promise<number> {
  const began = performance.now()
  const tag = (): Promise<number> => call('POST', `/v5.0.0/libpod/images/${busybox}/tag?repo=localhost/e${(names += 1)}&tag=1`)
  for (let at = 0; at < count; at += 20) await Promise.all(Array.from({ length: 20 }, tag))
  return count / ((performance.now() - began) / 1000)
}

test('a thousand events as fast as they come: none is lost', async () => {
  const watchers = await Promise.all(Array.from({ length: 3 }, () => read('/v5.0.0/libpod/events?stream=true')))
  const rate = await makeEvents(1000)
  await eventually('all events', () => watchers.every(({ lines }) => lines >= 1000), 60_000)
  expect(watchers.map(({ lines }) => lines)).toEqual([1000, 1000, 1000])
  console.log(`${Math.round(rate)} events a second`)
  for (const watcher of watchers) watcher.close()
})

test('a container that is killed behind the engine’s back has ended in the next answer', async () => {
  const [{ State }] = await berth.json('inspect', 'one')
  const list = async (path: string): Promise<{ Names: string[]; State: string }[]> => {
    const answer = await fetchJson(path)
    return answer as { Names: string[]; State: string }[]
  }
  const paths = ['/v5.0.0/libpod/containers/json?all=true', '/v1.41/containers/json?all=true']
  for (const path of paths)
    expect(
      (await list(path)).every(({ State }) => State === 'running'),
      path,
    ).toBe(true)
  await run('kill', ['-9', String(State.Pid)])
  const states = async (path: string): Promise<string> =>
    (await list(path))
      .map(({ Names, State }) => `${Names[0]!.replace('/', '')} ${State}`)
      .toSorted()
      .join(', ')
  // The process has gone a moment before its monitor has written down how it ended.
  for (const path of paths) await eventually(path, async () => (await states(path)) === 'one exited, two running', 5_000)
})

function fetchJson(path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    get({ socketPath: service.socket, path, headers: { host: 'd' } }, (answer) => {
      let text = ''
      answer.on('data', (data: Buffer) => (text += data.toString()))
      answer.on('end', () => resolve(JSON.parse(text)))
    }).on('error', reject)
  })
}
