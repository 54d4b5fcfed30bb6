import { expect, test } from 'vitest'

import { gather } from './gather.ts'

async function* pieces(...lengths: number[]): AsyncGenerator<Uint8Array> {
  for (const length of lengths) yield new Uint8Array(length).fill(length)
}

test('pieces are joined, and no more are read once there are too many', async () => {
  expect(await gather(pieces(2, 3), 5)).toEqual({ bytes: Buffer.from([2, 2, 3, 3, 3]), size: 5 })
  expect(await gather(pieces(2, 4, 100), 5)).toEqual({ bytes: Buffer.from([2, 2]), size: 6 })
  expect(await gather(pieces(), 5)).toEqual({ bytes: Buffer.alloc(0), size: 0 })
})
