import { afterAll, beforeAll } from 'vitest'
import { berthAs, everyone } from './berth.ts'
import { type Picture, leaks, takePicture } from './leaks.ts'

// Around every file of test/e2e: the machine must look as it did before.

let before: Picture

beforeAll(async () => {
  // Whoever has a namespace keeps it: made now, it is not a leak.
  for (const name of new Set([...everyone, 'alice', 'bob'])) await berthAs(name).try(['version'])
  before = await takePicture()
})

afterAll(async () => {
  // What ends by itself may take a moment: a monitor's exit command, a network's clean-up.
  const end = Date.now() + 10_000
  let left: string[] = []
  do {
    left = leaks(before, await takePicture())
    if (left.length > 0) await new Promise((resolve) => setTimeout(resolve, 200))
  } while (left.length > 0 && Date.now() < end)
  if (left.length > 0) throw new Error(`Left behind by this file:\n  ${left.join('\n  ')}`)
})
