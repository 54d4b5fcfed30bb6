import { expect, test } from 'vitest'
import { mapSome } from './map-some.ts'

test('results are in order, and no more than so many run at a time', async () => {
  let running = 0
  let most = 0
  const doubled = await mapSome([5, 1, 4, 2, 3], 2, async (item) => {
    most = Math.max(most, (running += 1))
    for (let turn = 0; turn < item; turn += 1) await Promise.resolve()
    running -= 1
    return item * 2
  })
  expect([doubled, most]).toEqual([[10, 2, 8, 4, 6], 2])
  expect(await mapSome([], 3, () => Promise.reject(new Error('never')))).toEqual([])
})

test('after a failure or an abort no more are begun', async () => {
  const begun: number[] = []
  const fails = mapSome([1, 2, 3, 4], 1, async (item) => {
    begun.push(item)
    if (item === 2) throw new Error('two')
  })
  await expect(fails).rejects.toThrow('two')
  const stop = new AbortController()
  const stopped = mapSome(
    [5, 6, 7],
    1,
    async (item) => void (begun.push(item), item === 6 && stop.abort(new Error('gone'))),
    stop.signal,
  )
  await expect(stopped).rejects.toThrow('gone')
  expect(begun).toEqual([1, 2, 5, 6])
})
