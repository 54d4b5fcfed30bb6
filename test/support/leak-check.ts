import { afterAll, beforeAll, inject } from 'vitest'
import { berthAs, everyone } from './berth.ts'
import { delegate } from './cgroups.ts'
import { type Picture, leaks, takePicture } from './leaks.ts'
import type { Registry } from './registry.ts'
import { startStageRegistries } from './stage-registries.ts'
import { findUser, ordinary, sandboxed } from './users.ts'

// Around every file: in a sandbox, what the others have of the machine; and the machine must look as it did before.

// Before the file is read, since tests are skipped by it.
if (sandboxed) for (const name of ordinary) delegate(findUser(name, inject('stage').folder))

let before: Picture
const registries: Registry[] = []

beforeAll(async () => {
  const stage = inject('stage')
  const hosts = [stage.registry, stage.secure.host, stage.expired.host]
  if (sandboxed) {
    const ports = hosts.map((host) => Number(host.split(':')[1]))
    await startStageRegistries(stage.folder, registries, ports)
  }
  // Users with a namespace keep it: made now, it is not a leak.
  for (const name of new Set([...everyone, 'alice', 'bob'])) await berthAs(name).try(['version'])
  before = await takePicture()
})

afterAll(async () => {
  // What ends by itself may take a moment: a monitor's exit command, a network's clean-up.
  const end = Date.now() + 30_000
  let left: string[] = []
  do {
    left = leaks(before, await takePicture())
    if (left.length > 0) await new Promise((resolve) => setTimeout(resolve, 200))
  } while (left.length > 0 && Date.now() < end)
  if (left.length > 0) throw new Error(`Left behind by this file:\n  ${left.join('\n  ')}`)
})
