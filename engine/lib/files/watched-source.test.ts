import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { expect, test } from 'vitest'

import { watchSource } from './watched-source.ts'

async function* bytes(failure?: Error): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(10)
  if (failure) throw failure
  yield new Uint8Array(10)
}

test("a source's failure is told from its reader's", async () => {
  const broken = new Error('the network went away')
  const first = watchSource(bytes(broken))
  const sink = new Writable({ write: (_chunk, _encoding, done) => done() })
  await expect(pipeline(Readable.from(first.bytes, { objectMode: false }), sink)).rejects.toBe(broken)
  expect(first.fault()).toEqual({ error: broken })
  const second = watchSource(bytes())
  const refusing = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) })
  await expect(pipeline(Readable.from(second.bytes, { objectMode: false }), refusing)).rejects.toThrow('EPIPE')
  expect(second.fault()).toBeUndefined()
})
