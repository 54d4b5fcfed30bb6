import { expect, test } from 'vitest'

import { FileBody } from 'cockpit-ts-bridge/client'

import { createUploads, newUpload, sendAll, uploadedShare } from './uploads.ts'

test('a file is read at its reader’s pace, and left when the reader leaves', async () => {
  const reported: number[] = []
  let now = 0
  let read = 0
  for await (const piece of new FileBody(
    new Blob(['hello', ' ', 'world']),
    (sent) => reported.push(sent),
    () => (now += 1000),
  ))
    read += piece.length
  expect(read).toBe(11)
  expect(reported.at(-1)).toBe(11)
  for await (const _piece of new FileBody(new Blob(['x'.repeat(1000)]), () => {})) break
})

test('files go one after another; what failed is tried again, what is done is not sent twice', async () => {
  const uploads = createUploads()
  uploads.set([newUpload(new File(['a'], 'a')), newUpload(new File(['bad'], 'b')), newUpload(new File(['c'], 'c'))])
  const sent: string[] = []
  let fail = true
  const send = async (body: AsyncIterable<Uint8Array>) => {
    let text = ''
    for await (const piece of body) text += new TextDecoder().decode(piece)
    sent.push(text)
    if (fail && text === 'bad') throw new Error('no archive')
    return [`name-of-${text}`]
  }
  await sendAll(uploads, send, new AbortController().signal)
  expect(uploads.get().map(({ phase, names }) => [phase, ...names])).toEqual([
    ['done', 'name-of-a'],
    ['failed'],
    ['done', 'name-of-c'],
  ])
  fail = false
  await sendAll(uploads, send, new AbortController().signal)
  expect(sent).toEqual(['a', 'bad', 'c', 'bad'])
  expect(uploads.get().every(({ phase }) => phase === 'done')).toBe(true)
})

test('what is cancelled waits, as if it had not begun', async () => {
  const uploads = createUploads()
  uploads.set([newUpload(new File(['a'], 'a')), newUpload(new File(['b'], 'b'))])
  const stop = new AbortController()
  await sendAll(
    uploads,
    async () => {
      stop.abort()
      throw new Error('cancelled')
    },
    stop.signal,
  )
  expect(uploads.get().map(({ phase }) => phase)).toEqual(['waiting', 'waiting'])
})

const leaving = () => {
  const event = new Event('beforeunload', { cancelable: true })
  window.dispatchEvent(event)
  return event.defaultPrevented ? 'asks' : 'leaves'
}

test('leaving the page is asked about while something is uploaded, and only then', async () => {
  const uploads = createUploads()
  uploads.set([newUpload(new File(['abcd'], 'a')), newUpload(new File(['efgh'], 'b'))])
  const seen: unknown[] = [leaving(), uploadedShare(uploads.get())]
  const send = async () => {
    seen.push(leaving(), uploadedShare(uploads.get()))
    if (seen.length > 4) throw new Error('cut off')
    return []
  }
  await sendAll(uploads, send, new AbortController().signal)
  expect([...seen, leaving()]).toEqual(['leaves', 0, 'asks', 0, 'asks', 0.5, 'leaves'])
})
