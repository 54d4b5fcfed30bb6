import { expect, test } from 'vitest'

import { serveFake } from '../../http/testing.ts'

const digest = `sha256:${'d'.repeat(64)}`
const request = (method: string, path: string, body?: unknown): string => {
  const text = body === undefined ? '' : JSON.stringify(body)
  const head = [
    `${method} /v3.4.0/libpod/manifests/${path} HTTP/1.0`,
    'content-type: application/json',
    `content-length: ${text.length}`,
  ]
  return `${head.join('\r\n')}\r\n\r\n${text}`
}

test('manifest lists as before libpod 4 are made by the operations of today', async () => {
  const calls: [string, unknown][] = []
  const remember = (name: string, answer: unknown) => (input: unknown) => {
    calls.push([name, input])
    return Promise.resolve(answer)
  }
  const pushes = async function* () {
    yield { stream: 'Copying\n' }
    yield { manifestdigest: digest }
  }
  await using api = await serveFake({
    'manifest.create': remember('create', { Id: 'a' }),
    'manifest.modify': remember('modify', { Id: 'b', images: [] }),
    'manifest.push': remember('push', pushes()),
    'manifest.remove': remember('remove', {}),
  })
  const send = async (...given: Parameters<typeof request>) =>
    /^HTTP\/1\.\d (\d+)[^]*?\r\n\r\n([^]*)$/
      .exec(await api.raw(request(...given)))!
      .slice(1)
      .map((each) => each.trim())
  expect(await send('POST', 'create?name=l&image=x&image=y&all=true')).toEqual(['200', '{"Id":"a"}'])
  expect(await send('POST', 'l/add', { images: ['x'], arch: 'arm64', annotation: ['a=b'] })).toEqual(['200', '{"Id":"b"}'])
  expect(await send('DELETE', `l?digest=${digest}`)).toEqual(['200', '{"Id":"b"}'])
  expect(await send('POST', 'l/push?destination=reg.example/x')).toEqual(['200', `{"Id":"${digest}"}`])
  expect(calls).toEqual([
    ['create', { name: 'l', images: ['x', 'y'], all: true, body: {} }],
    ['modify', { name: 'l', body: { operation: 'update', images: ['x'], arch: 'arm64', annotation: ['a=b'] } }],
    ['modify', { name: 'l', body: { operation: 'remove', images: [digest] } }],
    ['push', { name: 'l', destination: 'reg.example/x', all: false, quiet: true }],
  ])
})

test('what they refuse has their statuses, and a list is never removed in the place of an image', async () => {
  await using api = await serveFake({})
  const status = async (...given: Parameters<typeof request>) => (await api.raw(request(...given))).split(' ')[1]
  expect(await status('POST', 'l/add', {})).toBe('500')
  expect(await status('DELETE', 'l')).toBe('400')
  expect(await status('POST', 'l/push')).toBe('400')
})
