import { expect, test } from 'vitest'
import { takeTurns } from './turns.ts'

test('so many run at once, in order, and a failure frees its place', async () => {
  const turns = takeTurns(2)
  const [started, ends]: [number[], (() => void)[]] = [[], []]
  const work = (index: number) =>
    turns(async () => {
      started.push(index)
      await new Promise<void>((end) => ends.push(end))
      if (index === 0) throw new Error('failed')
      return index
    })
  const all = Promise.allSettled([0, 1, 2, 3].map(work))
  await Promise.resolve()
  expect(started).toEqual([0, 1])
  while (started.length < 4) {
    ends.shift()!()
    await new Promise((resolve) => setTimeout(resolve))
  }
  expect(started).toEqual([0, 1, 2, 3])
  ends.forEach((end) => end())
  expect((await all).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
})
