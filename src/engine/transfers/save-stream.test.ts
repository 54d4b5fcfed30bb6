import { afterEach, expect, test, vi } from 'vitest'

import { largestInMemory, saveStream } from './save-stream.ts'

afterEach(() => {
  vi.restoreAllMocks()
  Reflect.deleteProperty(window, 'showSaveFilePicker')
})

async function* give(...pieces: Uint8Array[]) {
  yield* pieces
}

const tooLarge = () => new Error('too large')
const bytes = (text: string) => new TextEncoder().encode(text)

test('where a file can be asked for, a stream goes into it piece by piece, and a broken one leaves none', async () => {
  const written: string[] = []
  let ended = ''
  const writable = () =>
    new WritableStream<Uint8Array>({
      write: (piece) => void written.push(new TextDecoder().decode(piece)),
      close: () => void (ended = 'closed'),
      abort: () => void (ended = 'aborted'),
    })
  Object.assign(window, { showSaveFilePicker: async () => ({ createWritable: async () => writable() }) })
  const reported: number[] = []
  await saveStream(
    async () => give(bytes('ab'), bytes('cde')),
    'a.tar',
    (sum) => reported.push(sum),
    tooLarge,
  )
  expect([written, reported, ended]).toEqual([['ab', 'cde'], [2, 5], 'closed'])
  const broken = async function* () {
    yield bytes('x')
    throw new Error('cut off')
  }
  await expect(
    saveStream(
      async () => broken(),
      'a.tar',
      () => {},
      tooLarge,
    ),
  ).rejects.toThrow('cut off')
  expect(ended).toBe('aborted')
})

test('what a browser would have to hold in memory has a bound', async () => {
  const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {})
  const piece = { length: largestInMemory / 2 + 1 } as Uint8Array
  vi.stubGlobal('Uint8Array', function () {})
  await expect(
    saveStream(
      async () => give(piece, piece),
      'a.tar',
      () => {},
      tooLarge,
    ),
  ).rejects.toThrow('too large')
  vi.unstubAllGlobals()
  expect(click).not.toHaveBeenCalled()
  await saveStream(
    async () => give(bytes('ab')),
    'a.tar',
    () => {},
    tooLarge,
  )
  expect(click).toHaveBeenCalledTimes(1)
})
