import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { observe, storeFlags } from '../start/runs.ts'

/** Of the code that a command reads it must run at least this share; modules that none of the recorded runs came to are never read. */
const leastShare = 0.6

test('the common commands read little more of the program than they run', async () => {
  const stage = inject('stage')
  const folder = mkdtempSync(join(tmpdir(), 'berth-start-'))
  mkdirSync(join(folder, 'home'))
  const seen = await observe({
    launcher: join(stage.dist, 'bin/berth'),
    flags: storeFlags(folder),
    env: {
      PATH: process.env.PATH ?? '',
      HOME: join(folder, 'home'),
      CONTAINERS_REGISTRIES_CONF: join(stage.folder, 'registries.conf'),
    },
    image: stage.images.busybox,
    folder,
  })
  for (const [name, { modules, files, read }] of seen) {
    const needed = [...modules.values()].reduce((sum, bytes) => sum + bytes, 0)
    expect.soft(files, `berth ${name} reads what no recorded run needed`).not.toContain('rest.js')
    expect.soft(needed / read, `share of what berth ${name} reads that it runs`).toBeGreaterThan(leastShare)
  }
  expect(seen.size).toBe(14)
})
