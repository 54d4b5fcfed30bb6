import { type ChildProcess, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { describe, encodeRequest, operationNames, type OperationName } from '../../engine/contract/index.ts'
import { routes as dockerRoutes } from './fuzz/docker-routes.ts'
import { inPieces, mutateBytes, mutateDocument, mutateJson, mutateText, oddText } from '../fuzz/mutate.ts'
import { factor, type Random, randomOf, seed } from '../fuzz/random.ts'
import { sampleInput } from '../fuzz/samples.ts'
import { berthAs, clear, pullImages, withEnvironment } from '../support/berth.ts'
import { atOnce, sendRaw } from './fuzz/raw-http.ts'
import { inTime, watch, type Watch } from './fuzz/watch.ts'
import { end, eventually } from '../support/processes.ts'

// The engine's REST socket as alice, and what a client may send to it: whatever it is, it is answered, and nothing breaks.

const { folder, images } = inject('stage')
const berth = berthAs('alice')
const socket = join(berth.user.runtime, 'fuzz.sock')
const home = join(folder, 'fuzz-home')
let service: ChildProcess
let watching: Watch
let printed = ''
const internal: string[] = []

beforeAll(async () => {
  await makeHonest()
  mkdirSync(home, { mode: 0o700 })
  chownSync(home, berth.user.uid, berth.user.gid)
  const { argv, env } = berth.command('system', 'service', '--time', '0', `unix://${socket}`)
  service = spawn(argv[0]!, argv.slice(1), { cwd: home, env: { ...env, HOME: home }, stdio: ['ignore', 'ignore', 'pipe'] })
  service.stderr!.on('data', (data: Buffer) => {
    printed = (printed + data.toString()).slice(-20_000)
    // Docker's answers have no codes; the log has.
    internal.push(
      ...data
        .toString()
        .split('\n')
        .filter((line) => line.includes('Internal')),
    )
  })
  await eventually('the socket', () => existsSync(socket), 20_000)
  // What is loaded with the first requests is no leak.
  await sendAll('first', 300, operationRequest)
  watching = watch({ service: service.pid! })
})
afterAll(async () => {
  await end(service)
  // What requests made is in the service's store.
  await clear(withEnvironment(berth, { HOME: home }))
  await clear(berth)
})

/** What requests are about; those that remove all take it as well. */
async function makeHonest(): Promise<void> {
  if ((await berth.try(['container', 'exists', 'honest'])).code === 0) return
  await pullImages(berth, images.busybox)
  await berth('run', '-d', '--name', 'honest', '--network', 'none', '--stop-timeout', '0', images.busybox, 'sleep', '10000')
}

interface Request {
  what: string
  bytes: Buffer
  pieces: Buffer[]
}

const timeout = 15_000
/** Requests whose answers go on until the client leaves. */
const goesOn = /events|logs|stats|attach|exec|wait|follow|stream|top/

/** Sends requests, and collects what must not come: no answer, or one that says the fault is ours. */
async function sendAll(name: string, count: number, make: (random: Random) => Request): Promise<void> {
  const random = randomOf(`rest, ${name}`)
  const requests = Array.from({ length: Math.ceil(count * factor) }, () => make(random))
  const faults: string[] = []
  const samples = new Map<string, string>()
  const statuses = new Map<string, number>()
  const began = Date.now()
  await atOnce(12, requests, async ({ what, bytes, pieces }) => {
    const { status, text, ended } = await sendRaw({ path: socket }, pieces, goesOn.test(what) ? 250 : timeout)
    const code = /"code":"(\w+)"/.exec(text)?.[1]
    const kind = status >= 500 ? `${status} ${code}` : String(status)
    statuses.set(kind, (statuses.get(kind) ?? 0) + 1)
    const show = (): string => `${JSON.stringify(bytes.toString('latin1').slice(0, 900))} → ${status} ${text.slice(-500)}`
    if (status >= 500) samples.set(kind, /"(?:message|cause)":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1]?.slice(0, 200) ?? '')
    if (/"code":"Internal"/.test(text)) faults.push(show())
    else if (!ended && status === 0 && !goesOn.test(what) && bytes.includes('\r\n\r\n')) faults.push(`no answer: ${show()}`)
  })
  const shown = [...statuses].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([status, times]) => `${status}: ${times}`)
  console.log(`${name}, seed ${seed}: ${requests.length} requests in ${Date.now() - began} ms; ${shown.join(', ')}`)
  for (const sample of samples) console.log(`  ${sample.join(': ')}`)
  faults.push(...internal.splice(0))
  expect(faults.length, `${faults.length} faults, seed ${seed}:\n${faults.slice(0, 25).join('\n')}`).toBe(0)
}

/** An honest client has its answer in time, and the service is as it was. */
async function stillWell(after: string): Promise<void> {
  const request = Buffer.from('GET /v5.0.0/libpod/containers/json?all=true HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n')
  const { status, text } = await sendRaw({ path: socket }, [request], inTime)
  expect(status, `${after}: ${text.slice(-500)} ${printed.slice(-2000)}`).toBe(200)
  expect(service.exitCode).toBeNull()
  await watching.check(after)
  console.log(`after ${after}: ${watching.report()}`)
  await makeHonest()
}

/** Not with what would end what the test itself needs. */
const spared = new Set<OperationName>([])

function operationRequest(random: Random): Request {
  const name = random.pick(operationNames.filter((each) => !spared.has(each)))
  const input = mutateJson(random, sampleInput(name)) as Record<string, unknown>
  const fields = typeof input === 'object' && input !== null && !Array.isArray(input) ? input : {}
  for (const field of Object.keys(describe(name).headers ?? {})) delete fields[field]
  const { body: _, ...rest } = fields
  const { method, path } = encodeRequest(describe(name), {
    ...sampleInput(name),
    ...wellFormed(rest),
    ...noLogins(name),
    body: undefined,
  })
  const body = bodyOf(random, name, fields['body'])
  return requestOf(random, method, `/v5.0.0${path}`, body)
}

const noLogins = (name: OperationName): object =>
  Object.fromEntries(Object.keys(describe(name).headers ?? {}).map((field) => [field, undefined]))

/** Half a surrogate cannot be written into an address. */
function wellFormed(value: object): Record<string, unknown> {
  const text = JSON.stringify(value, (_, each: unknown) => (typeof each === 'string' ? each.toWellFormed() : each))
  const fields = JSON.parse(text) as Record<string, unknown>
  // An address holds text alone.
  const asText = (each: unknown): unknown => (typeof each === 'object' ? JSON.stringify(each) : each)
  return Object.fromEntries(
    Object.entries(fields).map(([key, each]) => [key, Array.isArray(each) ? each.map(asText) : asText(each)]),
  )
}

function bodyOf(random: Random, name: OperationName, body: unknown): Buffer {
  const kind = describe(name).body
  if (kind === undefined) return random.chance(3) ? random.bytes(20) : Buffer.alloc(0)
  if (kind === 'bytes') return random.bytes(random.below(2000))
  const text = JSON.stringify(body ?? {}).replaceAll(
    '127.0.0.1:1/a/b:c',
    random.chance(40) ? images.busybox : '127.0.0.1:1/a/b:c',
  )
  return random.chance(10) ? mutateBytes(random, Buffer.from(text)) : Buffer.from(text)
}

function requestOf(random: Random, method: string, target: string, body: Buffer): Request {
  const type = random.pick(['application/json', 'application/x-tar', ''])
  const agent = random.pick([
    '',
    'User-Agent: Go-http-client/1.1\r\n',
    'X-Berth-Client: 1\r\n',
    'Upgrade: tcp\r\nConnection: Upgrade\r\n',
  ])
  const close = agent.startsWith('Upgrade') ? '' : 'Connection: close\r\n'
  const length = body.length > 0 || method === 'POST' ? `Content-Length: ${body.length}\r\n` : ''
  const head = `${method} ${target} HTTP/1.1\r\nHost: d\r\n${agent}${close}Content-Type: ${type}\r\n${length}\r\n`
  const bytes = Buffer.concat([Buffer.from(head, 'latin1'), body])
  return {
    what: target + (agent.startsWith('Upgrade') ? ' attach' : ''),
    bytes,
    pieces: random.chance(80) ? [bytes] : inPieces(random, bytes),
  }
}

test(`every operation, with whatever its fields may be, seed ${seed}`, { timeout: 300_000 }, async () => {
  for (let batch = 0; batch < 4; batch++) {
    await sendAll(`operations ${batch}`, 800, operationRequest)
    await stillWell(`operations ${batch}`)
  }
})

function dockerRequest(random: Random): Request {
  const [method, path] = random.pick(dockerRoutes)
  const target = random.chance(50) ? path : mutateText(random, path)
  const query = random.chance(60)
    ? `?${encodeURIComponent(oddText(random).toWellFormed())}=${encodeURIComponent(oddText(random).toWellFormed())}`
    : ''
  const safe = `/v1.41${target}${query}`.replaceAll(/[^\x21-\xff]/g, '%20')
  return requestOf(
    random,
    method,
    safe,
    method === 'POST'
      ? mutateDocument(random, { Image: images.busybox, Cmd: ['sh'], HostConfig: { Binds: ['/a:/b'] } })
      : Buffer.alloc(0),
  )
}

test(`Docker's operations, seed ${seed}`, { timeout: 200_000 }, async () => {
  for (const batch of ['docker 0', 'docker 1']) {
    await sendAll(batch, 750, dockerRequest)
    await stillWell(batch)
  }
})

const plain = [
  'GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n',
  'GET /_ping HTTP/1.0\r\n\r\n',
  'POST /v5.0.0/libpod/containers/create HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n',
  'POST /v5.0.0/libpod/containers/create HTTP/1.1\r\nHost: d\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}',
  'POST /v5.0.0/libpod/containers/create HTTP/1.1\r\nHost: d\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x',
  'POST /v5.0.0/libpod/containers/create HTTP/1.1\r\nHost: d\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'POST /v5.0.0/libpod/containers/honest/attach?stream=true HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 4\r\n\r\nabcdef',
  'POST /v5.0.0/libpod/containers/honest/attach?stream=true HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'POST /v5.0.0/libpod/exec/none/start HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 13\r\n\r\n{"Detach": 1}',
  'GET /v5.0.0/libpod/info HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nHost: d\r\n\r\n',
  'GET http://evil.example/_ping HTTP/1.1\r\nHost: other\r\n\r\n',
  'CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: x\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'GET /_ping HTTP/1.1\r\nHost: d\r\n\r\nGET /_ping HTTP/1.1\r\nHost: d\r\n\r\nGET /nothing HTTP/1.1\r\nHost: d\r\n\r\n',
  'GET //_ping HTTP/1.1\r\nHost: d\r\nX: a\r\n b\r\n\r\n',
  `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: d\r\n\r\n`,
  `GET /_ping HTTP/1.1\r\nHost: d\r\nX: ${'b'.repeat(70_000)}\r\n\r\n`,
  `GET /_ping HTTP/1.1\r\n${'Y: z\r\n'.repeat(3000)}\r\n`,
]

test(`what is hardly HTTP, seed ${seed}`, { timeout: 300_000 }, async () => {
  await sendAll('HTTP', 4000, (random) => {
    const text = Buffer.from(random.pick(plain), 'latin1')
    const changed = random.chance(15) ? text : mutateBytes(random, text)
    // A client that continues is told that no more data follows.
    const bytes = Buffer.concat([changed, Buffer.from('\r\n\r\n')])
    return { what: 'stream', bytes, pieces: inPieces(random, bytes) }
  })
  await stillWell('what is hardly HTTP')
})

test('an answer never carries a head of the caller’s making', async () => {
  for (const path of [
    '//a%0d%0aX-Evil:%201',
    '/%0d%0aX-Evil:%201//x',
    '/libpod/containers/%0d%0aX-Evil:%201/json',
    '//\r\nX-Evil: 1',
  ]) {
    const { text } = await sendRaw(
      { path: socket },
      [Buffer.from(`GET ${path} HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n`)],
      2_000,
    )
    expect(text.split('\r\n\r\n')[0]).not.toMatch(/^X-Evil/im)
  }
})
