import { expect, test } from 'vitest'

import { readBody, readHead } from '../../bridge/client/channels/http-response.ts'
import { encodeStdio, parseControl, parseOpen, splitMessage, StdioReader } from '../../bridge/protocol/index.ts'
import { parseExternal } from '../../bridge/server/http/external-channel.ts'
import { decodeFrames, encodeFrame as encodeOutput, splitLines } from '../../engine/contract/index.ts'
import { feed } from './feed.ts'
import { inPieces, mutateBytes, mutateDocument } from './mutate.ts'
import { type Random, seed } from './random.ts'

const opens = [
  { command: 'open', channel: '1:1', payload: 'stream', unix: '/run/x.sock', binary: 'raw', 'flow-control': true },
  { command: 'open', channel: '1:2', payload: 'http-stream2', method: 'GET', path: '/', headers: { a: 'b' }, host: 'localhost' },
  { command: 'options', channel: '1:2', window: { rows: 24, cols: 80 } },
  { command: 'init', version: 1 },
  { command: 'ping', channel: '1:1', sequence: 16_384 },
  { command: 'kill', group: 'x', host: 'localhost' },
]
const messages = [
  ...opens.map((open) => Buffer.from(`\n${JSON.stringify(open)}`)),
  Buffer.from('1:1\nhello'),
  Buffer.from('1:2\n'),
]

async function* arriving(random: Random, bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield* inPieces(random, bytes)
}

async function drain(source: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of source);
}

test(`messages and control messages, seed ${seed}`, async () => {
  const read = (bytes: Buffer): void => {
    const { channel, payload } = splitMessage(bytes)
    if (channel !== '') return
    const control = parseControl(payload)
    if (control.command === 'open') parseOpen(control)
  }
  await feed('messages', { count: 4000 }, (random) => mutateBytes(random, random.pick(messages)), read)
  const make = (random: Random): Buffer => Buffer.concat([Buffer.from('\n'), mutateDocument(random, random.pick(opens))])
  await feed('control messages', { count: 4000 }, make, read)
})

test(`messages with a length before them, in any pieces, seed ${seed}`, async () => {
  const make = (random: Random): Buffer[] => {
    const whole = Array.from({ length: 1 + random.below(5) }, () => {
      const message = random.pick(messages)
      return encodeStdio('', message.subarray(1))
    })
    return inPieces(random, mutateBytes(random, Buffer.concat(whole)))
  }
  await feed('stdio', { count: 3000 }, make, (pieces) => {
    const reader = new StdioReader()
    for (const piece of pieces) for (const message of reader.push(piece)) splitMessage(message)
  })
})

test(`what is sent comes back, whatever pieces it arrives in, seed ${seed}`, async () => {
  const make = (random: Random) => {
    const sent = Array.from({ length: random.below(6) }, () => random.bytes(random.below(300)))
    return { sent, pieces: inPieces(random, Buffer.concat(sent.map((each) => encodeStdio('1:1', each)))) }
  }
  await feed('stdio, whole', { count: 500 }, make, ({ sent, pieces }) => {
    const reader = new StdioReader()
    const got = pieces.flatMap((piece) => [...reader.push(piece)].map((message) => Buffer.from(splitMessage(message).payload)))
    expect(got).toEqual(sent)
    expect(reader.incomplete).toBe(false)
  })
})

test(`addresses of downloads, seed ${seed}`, async () => {
  const wanted = { payload: 'http-stream2', method: 'GET', path: '/x', unix: '/run/x', external: { 'content-type': 'a/b' } }
  const make = (random: Random): string => {
    const text = mutateDocument(random, wanted).toString('base64')
    return random.chance(20) ? mutateBytes(random, Buffer.from(text)).toString('latin1') : encodeURIComponent(text)
  }
  await feed('downloads', { count: 2000 }, make, parseExternal)
})

test(`answers of an engine, seed ${seed}`, async () => {
  const answers = [
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    'HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nxyz',
  ].map((text) => Buffer.from(text))
  const make = (random: Random) => arriving(random, mutateBytes(random, random.pick(answers)))
  await feed('answers', { count: 2000 }, make, async (source) => {
    const { headers, rest } = await readHead(source)
    await drain(readBody(headers, rest))
  })
})

test(`output and lines of an engine, seed ${seed}`, async () => {
  const frames = Buffer.concat([
    encodeOutput({ stream: 'stdout', data: Buffer.from('hello') }),
    encodeOutput({ stream: 'stderr', data: Buffer.from('oh') }),
  ])
  await feed(
    'output',
    { count: 1500 },
    (random) => arriving(random, mutateBytes(random, frames)),
    (source) => drain(decodeFrames(source)),
  )
  const lines = Buffer.from('{"a":1}\n{"b":"ä"}\r\n\n{"c":3}')
  await feed(
    'lines',
    { count: 1500 },
    (random) => arriving(random, mutateBytes(random, lines)),
    (source) => drain(splitLines(source)),
  )
})
