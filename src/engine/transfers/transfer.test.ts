import { expect, test } from 'vitest'

import type { Output } from '../../../engine/contract/index.ts'
import { EngineError } from '../../../engine/errors/index.ts'
import { createTransfer } from './transfer.ts'

type Progress = Output<'image.pull'>

async function* steps(...list: Progress[]): AsyncGenerator<Progress, void, undefined> {
  yield* list
}
const layer = (digest: string, phase: NonNullable<Progress['layer']>['phase'], current: number, total: number): Progress => ({
  layer: { digest, phase, current, total },
})

test('a pull keeps each layer’s latest step, and a rate over what was fetched', async () => {
  let now = 0
  const transfer = createTransfer(() => (now += 1000))
  const rates: number[] = []
  transfer.state.subscribe(() => rates.push(transfer.state.get().rate))
  const stream = steps(
    layer('a', 'downloading', 100, 1000),
    layer('b', 'exists', 500, 500),
    layer('a', 'downloading', 600, 1000),
    layer('a', 'unpacking', 10, 1000),
    { id: 'image' },
  )
  await transfer.follow(async () => stream)
  expect(transfer.state.get().layers.map(({ digest, phase }) => [digest, phase])).toEqual([
    ['a', 'unpacking'],
    ['b', 'exists'],
  ])
  expect(transfer.state.get().id).toBe('image')
  expect(Math.max(...rates)).toBeGreaterThan(0)
})

test('an engine that only tells lines has them kept, and a failure is passed on', async () => {
  const transfer = createTransfer()
  const failing = async function* (): AsyncGenerator<Progress, void, undefined> {
    yield { stream: 'Trying to pull x...\n' }
    throw new EngineError('RegistryUnreachable', 'no route')
  }
  await expect(transfer.follow(async () => failing())).rejects.toThrow('no route')
  expect(transfer.state.get().lines).toEqual(['Trying to pull x...'])
})
