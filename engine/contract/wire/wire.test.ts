import { expect, test } from 'vitest'

import type { OutputChunk } from '../operation.ts'
import { decodeCredentials, encodeCredentials } from './credentials.ts'
import { decodeFrames, encodeFrame } from './frames.ts'
import { readText, splitLines } from './lines.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

/** The same bytes, cut every `size`. */
async function* cut(data: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size)
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}

const joined = (chunks: OutputChunk[]) => chunks.map(({ stream, data }) => `${stream}:${new TextDecoder().decode(data)}`)

test.each([1, 3, 7, 8, 9, 1000])('frames come back whatever pieces of %i bytes they arrive in', async (size) => {
  const sent: OutputChunk[] = [
    { stream: 'stdout', data: bytes('hello') },
    { stream: 'stderr', data: bytes('') },
    { stream: 'stderr', data: bytes('oh no') },
  ]
  const wire = Uint8Array.from(sent.flatMap((chunk) => Array.from(encodeFrame(chunk))))
  const got = await collect(decodeFrames(cut(wire, size)))
  const text = (stream: string) =>
    joined(got)
      .filter((line) => line.startsWith(stream))
      .map((line) => line.slice(stream.length + 1))
      .join('')
  expect(text('stdout')).toBe('hello')
  expect(text('stderr')).toBe('oh no')
})

test('what is no frame, or only the beginning of one, is a failure', async () => {
  await expect(collect(decodeFrames(cut(bytes('HTTP/1.1 400'), 100)))).rejects.toMatchObject({ code: 'EngineUnreachable' })
  const frame = encodeFrame({ stream: 'stdout', data: bytes('hello') })
  await expect(collect(decodeFrames(cut(frame.subarray(0, 10), 100)))).rejects.toMatchObject({ code: 'EngineUnreachable' })
})

test.each([1, 2, 5, 1000])('lines come back whatever pieces of %i bytes they arrive in', async (size) => {
  expect(await collect(splitLines(cut(bytes('{"a":"ä€"}\n\n{"b":1}\r\n{"c":2}'), size)))).toEqual([
    '{"a":"ä€"}',
    '{"b":1}',
    '{"c":2}',
  ])
})

test('a line without end is refused, and so is a body that is too large', async () => {
  await expect(collect(splitLines(cut(bytes('x'.repeat(100)), 10), 50))).rejects.toMatchObject({ code: 'TooLarge' })
  await expect(readText(cut(bytes('x'.repeat(100)), 10), 50)).rejects.toMatchObject({ code: 'TooLarge' })
})

test('credentials survive the header, and a broken header is not repeated in the message', () => {
  expect(decodeCredentials(encodeCredentials('josé:pa:ss ÿ?>~'))).toBe('josé:pa:ss ÿ?>~')
  expect(decodeCredentials(btoa('{}'))).toBeUndefined()
  const secret = 'not*base64*secret'
  expect(() => decodeCredentials(secret)).toThrow(
    expect.objectContaining({ code: 'InvalidArgument', message: expect.not.stringContaining('secret') }),
  )
})
