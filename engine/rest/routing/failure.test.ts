import { expect, test } from 'vitest'

import { EngineError, type ErrorCode } from '../../errors/index.ts'
import { isImageName } from '../../contract/image-name.ts'
import { serveFake } from '../http/testing.ts'

const fails = (code: ErrorCode, name?: string) => () => {
  throw new EngineError(code, 'no', { details: name === undefined ? {} : { name } })
}

test('a failure has libpod’s status in head and body, and its code', async () => {
  await using api = await serveFake({
    'image.list': fails('ImageNotFound', 'x'),
    'image.remove': fails('ImageNotFound', 'UPPER'),
    'image.untag': fails('ImageNotFound', 'a'),
    'manifest.modify': fails('ImageNotFound', 'sha256:00'),
    'manifest.create': fails('ImageExists', 'a'),
    'image.load': fails('ArchiveInvalid'),
    'container.inspect': fails('ContainerNotFound', 'a'),
  })
  const ask = async (line: string, body = '') =>
    Number(/ (\d{3}) /.exec(await api.raw(`${line} HTTP/1.0\r\nContent-Length: ${body.length}\r\n\r\n${body}`))?.[1])
  expect(await ask('GET /v5.4.2/libpod/images/json')).toBe(500)
  expect(await ask('GET /v5.4.2/libpod/images/json?filters=x')).toBe(500)
  expect(await ask('DELETE /v5.4.2/libpod/images/UPPER')).toBe(500)
  expect(await ask('POST /v5.4.2/libpod/images/a/untag?repo=b')).toBe(404)
  expect(await ask('POST /v5.4.2/libpod/images/b/untag?repo=b')).toBe(500)
  expect(await ask('PUT /v5.4.2/libpod/manifests/a', '{"operation":"update"}')).toBe(400)
  expect(await ask('PUT /v5.4.2/libpod/manifests/sha256:00', '{"operation":"update"}')).toBe(404)
  expect(await ask('PUT /v5.4.2/libpod/manifests/a', 'nonsense')).toBe(500)
  expect(await ask('POST /v5.4.2/libpod/manifests/a')).toBe(500)
  expect(await ask('POST /v5.4.2/libpod/images/load')).toBe(500)
  expect(await ask('GET /v5.4.2/libpod/containers/a/json')).toBe(404)
  expect(await api.raw('GET /v5.4.2/libpod/images/json HTTP/1.0\r\n\r\n')).toContain('"response":500,"code":"ImageNotFound"')
})

test('a request that cannot be read is 400, except where libpod has another status for the field', async () => {
  await using api = await serveFake({
    'image.list': fails('InvalidArgument'),
    'image.prune': fails('InvalidArgument'),
  })
  const status = async (line: string) => Number(/ (\d{3}) /.exec(await api.raw(`${line} HTTP/1.0\r\n\r\n`))?.[1])
  expect(await status('GET /v5.4.2/libpod/images/json?all=maybe')).toBe(400)
  expect(await status('GET /v5.4.2/libpod/images/json?filters=x')).toBe(500)
  expect(await status('GET /v5.4.2/libpod/images/json')).toBe(500)
  expect(await status('POST /v5.4.2/libpod/images/prune?all=maybe')).toBe(500)
})

test.each([
  'a',
  'a/b/c:d',
  'h:5000/a',
  'localhost/a:1',
  '[::1]:5000/a',
  'quay.io/A@sha256:' + '0'.repeat(64),
  'f'.repeat(64),
  'a__b--c.d',
])('%s: whether it can be a name', (text) => expect(isImageName(text)).toBe(!text.includes('A')))

test.each(['', 'UPPER', 'UPPER/x', '@', 'x@sha256:00', 'a:b:c', 'a b', 'sha256:1234', '-a', 'a/', '\uFFFD'])(
  '"%s" is no name',
  (text) => expect(isImageName(text)).toBe(false),
)
