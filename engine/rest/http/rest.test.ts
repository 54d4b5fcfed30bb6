import { statSync } from 'node:fs'
import { connect } from 'node:net'

import { expect, test } from 'vitest'

import { clientHeader, connectEngine, type OutputChunk, type Pipe } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { createRestServer } from './server.ts'
import { serveFake } from './testing.ts'
import { unixTransport } from './unix-transport.ts'

const text = (data: Uint8Array) => new TextDecoder().decode(data)

test('calls answer with their value, nothing with 204, and failures with their code, message and details', async () => {
  await using api = await serveFake({
    'container.list': ({ all, filters }: { all: string; filters: string }) => [{ Names: [all, filters] }],
    'container.pause': () => undefined,
    'container.inspect': () => {
      throw new EngineError('ContainerNotFound', 'There is no container "x".', { details: { name: 'x' } })
    },
  })
  expect(await api.remote['container.list']({ all: true, filters: { label: ['a=b'] } })).toEqual([
    { Names: ['true', '{"label":["a=b"]}'] },
  ])
  expect(await api.remote['container.pause']({ name: 'a' })).toBeUndefined()
  await expect(api.remote['container.inspect']({ name: 'x' })).rejects.toMatchObject({
    code: 'ContainerNotFound',
    message: 'There is no container "x".',
    details: { name: 'x' },
  })
  expect(await api.raw('POST /libpod/containers/a/pause HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 204 /)
})

test('a state that is there already is 304 without a body, and still has its code for our client', async () => {
  await using api = await serveFake({
    'container.start': () => {
      throw new EngineError('ContainerAlreadyStarted', 'It runs already.')
    },
    'container.stop': () => {
      throw new EngineError('ContainerAlreadyStopped', 'It does not run.')
    },
  })
  await expect(api.remote['container.start']({ name: 'a' })).rejects.toMatchObject({ code: 'ContainerAlreadyStarted' })
  await expect(api.remote['container.stop']({ name: 'a' })).rejects.toMatchObject({ code: 'ContainerAlreadyStopped' })
  expect(await api.raw('POST /libpod/containers/a/start HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 304 [^]*\r\n\r\n$/)
})

test('the ping of every client', async () => {
  await using api = await serveFake({})
  for (const path of ['/_ping', '/libpod/_ping', '/v1.24/_ping', '/v5.4.2/libpod/_ping']) {
    const answer = await api.raw(`GET ${path} HTTP/1.0\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(answer).toMatch(/Libpod-Api-Version: 5\.4\.2\r\n/i)
    expect(answer).toMatch(/\r\n\r\nOK$/)
  }
  expect(await api.raw('HEAD /_ping HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK[^]*\r\n\r\n$/)
})

test('what is not there, not possible, not JSON, too large or too deep is refused in libpod’s form', async () => {
  await using api = await serveFake({ 'container.create': () => ({ Id: '1', Warnings: [] }) })
  const post = (body: string, length = body.length) =>
    api.raw(`POST /libpod/containers/create HTTP/1.0\r\nContent-Length: ${length}\r\n\r\n${body}`)
  expect(await api.raw('GET /libpod/nonsense HTTP/1.0\r\n\r\n')).toMatch(/ 404 [^]*text\/plain[^]*\r\n\r\nNot Found\n$/)
  expect(await api.raw('POST /libpod/info HTTP/1.0\r\n\r\n')).toMatch(/ 405 [^]*\r\n\r\nMethod Not Allowed\n$/)
  // Ours read the code.
  const ours = await api.raw(`GET /libpod/nonsense HTTP/1.0\r\n${clientHeader}: 1\r\n\r\n`)
  expect(ours).toMatch(/ 404 [^]*"response":404,"code":"NotFound"/)
  expect(await post('{"image":')).toMatch(/ 500 [^]*"code":"InvalidArgument"/)
  expect(await post(`{"a":${'['.repeat(100)}${']'.repeat(100)}}`)).toMatch(/ 413 /)
  expect(await post(`"${'x'.repeat(1024 * 1024)}"`)).toMatch(/ 413 /)
  expect(await post('{"image":"a"}')).toMatch(/ 201 [^]*"Id":"1"/)
  expect(await api.raw('not http at all\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
  expect(await api.raw(`GET /_ping HTTP/1.1\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /)
})

test('a stream’s headers go out at once, its items as they come, and leaving it cancels it', async () => {
  const headSeen = Promise.withResolvers<void>()
  const cancelled = Promise.withResolvers<void>()
  await using api = await serveFake({
    'system.events': async (_input: unknown, { signal }: { signal?: AbortSignal }) =>
      (async function* () {
        await headSeen.promise
        yield { Action: 'start' }
        await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()))
        cancelled.resolve()
      })(),
  })
  const socket = connect(api.socket, () => socket.write('GET /v1.12/libpod/events HTTP/1.0\r\n\r\n'))
  const first = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))))
  expect(first).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n$/)
  headSeen.resolve()
  const second = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))))
  expect(second).toBe('{"Action":"start"}\n')
  socket.destroy()
  await cancelled.promise
})

test('a stream that fails at once has a status; one that fails later says so in its last line', async () => {
  const failing = (before: number) => async () =>
    (async function* () {
      for (let index = 0; index < before; index += 1) yield { stream: 'x\n' }
      throw new EngineError('RegistryUnauthorized', 'Wrong password.')
    })()
  await using early = await serveFake({ 'image.sync': failing(0) })
  await using late = await serveFake({ 'image.pull': failing(2) })
  expect(await early.raw('POST /libpod/images/sync?source=a HTTP/1.0\r\n\r\n')).toMatch(/ 401 /)
  expect(await late.raw('POST /libpod/images/pull?reference=a HTTP/1.0\r\n\r\n')).toMatch(
    / 200 [^]*\{"error":"Wrong password\."[^\n]*"code":"RegistryUnauthorized"\}\n$/,
  )
  const items = await late.remote['image.pull']({ reference: 'a' })
  const read = async () => {
    for await (const _ of items);
  }
  await expect(read()).rejects.toMatchObject({ code: 'RegistryUnauthorized', message: 'Wrong password.' })
})

test('an archive that cannot be made has its status, however long that took to find out', async () => {
  const late = Promise.withResolvers<void>()
  await using api = await serveFake({
    'image.export': async () => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          await late.promise
          throw new EngineError('ImageNotFound', 'a: image not known', { details: { name: 'a' } })
        },
      }),
    }),
  })
  const answer = api.raw('GET /libpod/images/export?references=a HTTP/1.0\r\n\r\n')
  setTimeout(() => late.resolve(), 100)
  expect(await answer).toMatch(/^HTTP\/1\.1 400 [^]*"code":"ImageNotFound"/)
})

test('credentials come from their header and never from the query string', async () => {
  let seen: unknown
  await using api = await serveFake({
    'image.pull': async (input: unknown) => {
      seen = input
      return (async function* () {})()
    },
  })
  await api.remote['image.pull']({ reference: 'a', credentials: 'me:secret' })
  expect(seen).toMatchObject({ credentials: 'me:secret' })
  await api.raw('POST /libpod/images/pull?reference=a&credentials=me:secret HTTP/1.0\r\n\r\n')
  expect(seen).not.toHaveProperty('credentials')
})

/** A process that repeats its input on both streams, and ends with it. */
function echo(): Pipe {
  const queue: OutputChunk[] = []
  let wake = () => {}
  let over = false
  const finish = () => {
    over = true
    wake()
  }
  return {
    output: (async function* () {
      for (;;) {
        const chunk = queue.shift()
        if (chunk) yield chunk
        else if (over) return
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    })(),
    write: async (data) => {
      queue.push({ stream: 'stdout', data }, { stream: 'stderr', data })
      wake()
    },
    end: async () => finish(),
    close: finish,
  }
}

test.each([true, false])('attach carries input and output both ways (terminal: %s)', async (Tty) => {
  await using api = await serveFake({ 'container.inspect': () => ({ Config: { Tty } }), 'container.attach': async () => echo() })
  const pipe = await api.remote['container.attach']({ name: 'a' })
  await pipe.write(new TextEncoder().encode('hello'))
  await pipe.end()
  const chunks: string[] = []
  for await (const { stream, data } of pipe.output) chunks.push(`${stream}:${text(data)}`)
  expect(chunks.join(' ')).toBe(Tty ? chunks.join(' ') : 'stdout:hello stderr:hello')
  expect(chunks.map((chunk) => chunk.split(':')[1]).join('')).toBe('hellohello')
})

test('a command that cannot be started: other clients read it in the stream, ours as a failure', async () => {
  const failure = new EngineError('CommandNotFound', 'exec: "nope" not found', { details: { action: 'exec' } })
  await using served = await serveFake({
    'exec.inspect': () => ({ ProcessConfig: { tty: false } }),
    'exec.start': () => Promise.reject(failure),
  })
  const start = (headers: string, body: string) =>
    served.raw(`POST /v1.41/exec/e/start HTTP/1.1\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`, 300)
  const upgraded = await start('Connection: Upgrade\r\nUpgrade: tcp\r\n', '{}')
  expect(upgraded).toMatch(/^HTTP\/1\.1 101 /)
  expect(upgraded.endsWith('\u0002\0\0\0\0\0\0\u001eError: exec: "nope" not found\n')).toBe(true)
  expect(await start('Connection: close\r\n', '{"Detach":true}')).toMatch(/^HTTP\/1\.1 400 /)
  await expect(served.remote['exec.start']({ id: 'e', body: {} })).rejects.toMatchObject({ code: 'CommandNotFound' })
})

test.each(['HTTP/1.0', 'HTTP/1.1'])(
  'exec over %s: the body comes with the head, and the input right behind it',
  async (version) => {
    let body: unknown
    await using api = await serveFake({
      'exec.inspect': () => ({ ProcessConfig: { tty: true } }),
      'exec.start': async (input: { body: unknown }) => {
        body = input.body
        return echo()
      },
    })
    const json = '{"Tty":true}'
    const answer = await api.raw(
      `POST /v1.12/libpod/exec/e/start ${version}\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nContent-Length: ${json.length}\r\n\r\n${json}hi`,
      300,
    )
    expect(body).toEqual({ Tty: true })
    expect(answer).toMatch(/^HTTP\/1\.1 101 UPGRADED\r\nContent-Type: application\/vnd\.docker\.raw-stream\r\n[^]*\r\n\r\nhihi$/)
  },
)

test('a client that asks for no upgrade has its connection handed over all the same', async () => {
  await using api = await serveFake({
    'exec.inspect': () => ({ ProcessConfig: { tty: false } }),
    'exec.start': async () => echo(),
  })
  const socket = connect(api.socket, () =>
    socket.write('POST /libpod/exec/e/start HTTP/1.1\r\nHost: d\r\nContent-Length: 2\r\n\r\n{}'),
  )
  const next = () => new Promise<Buffer>((resolve) => socket.once('data', resolve))
  expect(String(await next())).toMatch(
    /^HTTP\/1\.1 200 OK\r\nContent-Type: application\/vnd\.docker\.multiplexed-stream\r\n\r\n$/,
  )
  socket.write('hi')
  expect((await next()).toString('latin1')).toContain('\u0001\0\0\0\0\0\0\u0002hi')
  socket.destroy()
})

test('a refused attach is an ordinary answer, with its code', async () => {
  await using api = await serveFake({
    'container.inspect': () => {
      throw new EngineError('ContainerNotFound', 'There is no container "a".')
    },
  })
  await expect(api.remote['container.attach']({ name: 'a' })).rejects.toMatchObject({ code: 'ContainerNotFound' })
  expect(
    await api.raw('POST /libpod/containers/a/attach HTTP/1.1\r\nHost: d\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n'),
  ).toMatch(/^HTTP\/1\.1 404 [^]*"response":404/)
})

test('the client’s leaving detaches from the process', async () => {
  const closed = Promise.withResolvers<void>()
  const pipe = echo()
  await using api = await serveFake({
    'container.inspect': () => ({ Config: { Tty: false } }),
    'container.attach': async () => ({ ...pipe, close: () => (pipe.close(), closed.resolve()) }),
  })
  const connected = await api.remote['container.attach']({ name: 'a' })
  connected.close()
  expect(await closed.promise).toBeUndefined()
})

test('a socket is private, replaces a dead one, and never one that answers', async () => {
  await using api = await serveFake({})
  expect(statSync(api.socket).mode & 0o777).toBe(0o600)
  const other = createRestServer({} as never)
  await expect(other.listen(api.socket)).rejects.toMatchObject({
    code: 'StoreUnavailable',
    message: expect.stringContaining(api.socket),
  })
  await other.close()
  expect(await api.raw('GET /_ping HTTP/1.0\r\n\r\n')).toMatch(/OK$/)
})

test('an upload is a stream: the operation reads it as it comes', async () => {
  const sizes: number[] = []
  await using api = await serveFake({
    'container.restoreImport': async ({ body }: { body: AsyncIterable<Uint8Array> }) => {
      for await (const chunk of body) sizes.push(chunk.length)
      return { Id: 'r' }
    },
  })
  const body = (async function* () {
    for (let index = 0; index < 30; index += 1) yield new Uint8Array(100_000)
  })()
  expect(await api.remote['container.restoreImport']({ container: 'import', body })).toEqual({ Id: 'r' })
  expect(sizes.reduce((a, b) => a + b)).toBe(3_000_000)
  expect(sizes.length).toBeGreaterThan(1)
})

test('no one at the socket is said with the way out', async () => {
  const remote = connectEngine(unixTransport('/nonexistent/berth.sock'))
  await expect(remote['container.list']({})).rejects.toMatchObject({
    code: 'EngineUnreachable',
    message: expect.stringContaining('/nonexistent/berth.sock'),
  })
})

test('a NUL in a path or query is refused by name, before any program or file gets it', async () => {
  await using api = await serveFake({ 'image.list': async () => [] })
  const answer = await api.raw('GET /v5.4.2/libpod/images/json?filters=a%00b HTTP/1.0\r\n\r\n')
  expect(answer).toContain('"code":"InvalidArgument"')
  expect(answer).toContain('The field filters holds a NUL byte')
})

test('a path is cleaned before it means anything, and leads to no other host', async () => {
  await using api = await serveFake({})
  const location = async (path: string) => /location: (\S*)/i.exec(await api.raw(`GET ${path} HTTP/1.0\r\n\r\n`))?.[1]
  expect(await location('/v5.0.0/libpod/containers/../info?a=..//b')).toBe('/v5.0.0/libpod/info?a=..//b')
  expect(await location('//evil.example/$&/..')).toBe('/evil.example')
})

test('a route that is not served is refused in one sentence, in the body that clients read', async () => {
  await using api = await serveFake({})
  expect(await api.raw('POST /v1.41/build HTTP/1.0\r\n\r\n')).toMatch(
    / 501 [^]*"message":"Berth does not build images yet[^]*"response":501/,
  )
})
