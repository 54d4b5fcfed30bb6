import { expect, test } from 'vitest'

import { EngineError } from '../../errors/index.ts'
import { serveFake } from '../http/testing.ts'

const info = { name: '파일', size: 3, mode: 420, mtime: '2026-01-02T03:04:05Z', isDir: false, linkTarget: '/srv/파일' }
const missing = () => Promise.reject(new EngineError('PathNotFound', 'no such path'))

test('what a path leads to travels in a header, with and without the file', async () => {
  const asked: unknown[] = []
  await using served = await serveFake({
    'container.pathInfo': (input) => {
      asked.push(input)
      return Promise.resolve(info)
    },
    'container.copyFrom': () =>
      (async function* () {
        yield Buffer.from('tar')
      })(),
  })
  expect(await served.remote['container.pathInfo']({ name: 'c', path: '/srv/파일' })).toEqual(info)
  expect(
    Buffer.concat(await Array.fromAsync(await served.remote['container.copyFrom']({ name: 'c', path: '/x' }))).toString(),
  ).toBe('tar')
  const header = `X-Docker-Container-Path-Stat: ${Buffer.from(JSON.stringify(info)).toString('base64')}\r\n`
  for (const path of ['/v5.4.2/libpod/containers/c/archive?path=/x', '/v1.41/containers/c/archive?path=/x']) {
    expect(await served.raw(`HEAD ${path} HTTP/1.0\r\n\r\n`)).toContain(header)
    const answer = await served.raw(`GET ${path} HTTP/1.0\r\n\r\n`)
    expect(answer).toContain(header)
    expect(answer).toMatch(/content-type: application\/x-tar\r\n[^]*\r\n\r\ntar$/i)
  }
  expect(asked.at(-1)).toMatchObject({ name: 'c', path: '/x' })
})

test('what is missing is 404, also where an answer has no body to say so', async () => {
  await using served = await serveFake({ 'container.pathInfo': missing, 'container.copyFrom': missing })
  await expect(served.remote['container.pathInfo']({ name: 'c', path: '/x' })).rejects.toMatchObject({ code: 'PathNotFound' })
  expect(await served.raw('HEAD /containers/c/archive?path=/x HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 404 /)
  expect(await served.raw('GET /libpod/containers/c/archive?path=/x HTTP/1.0\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 404 [^]*no such path/,
  )
  expect(await served.raw('HEAD /containers/c/archive HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
})

test('an archive for a container arrives as it is sent, with its names', async () => {
  let got: Record<string, unknown> = {}
  await using served = await serveFake({
    'container.copyTo': async ({ body, ...input }: { body: AsyncIterable<Uint8Array> }) => {
      got = { ...input, text: Buffer.concat(await Array.fromAsync(body)).toString() }
    },
  })
  const body = (async function* () {
    yield Buffer.from('ar')
    yield Buffer.from('chive')
  })()
  await served.remote['container.copyTo']({ name: 'c', path: '/srv', rename: { a: 'b' }, noOverwriteDirNonDir: true, body })
  // As it comes over the wire; the engine reads it.
  expect(got).toMatchObject({ name: 'c', path: '/srv', rename: '{"a":"b"}', noOverwriteDirNonDir: 'true', text: 'archive' })
})
