import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { TestImage } from '../../support/images.ts'
import { type Bench, freshDisk, pair, type Part } from '../bench.ts'
import { bigImages } from '../big-image.ts'
import { subjects } from '../engines.ts'
import { median, settleDisk, time } from '../measure.ts'
import { physicalLimit } from '../physical-limit.ts'

/** Pulls of a big image into empty stores, beside what simple programs need for the same bytes. */
export const pulls: Part = {
  name: 'pulls',
  async run(bench) {
    const images = await bigImages(bench.folder)
    for (const kind of ['gzip', 'zstd'] as const) await pullInTurns(bench, kind, images[kind])
  },
}

async function pullInTurns(bench: Bench, kind: 'gzip' | 'zstd', image: TestImage): Promise<void> {
  const name = await bench.registry.push(image)
  const times: number[][] = [[], []]
  const disk = await freshDisk(bench.folder, 12)
  try {
    for (let round = 0; round <= (bench.quick ? 2 : 5); round += 1) {
      const fresh = subjects(bench.launcher, join(disk.path, String(round)), bench.registriesConf)
      for (const [index, subject] of fresh.entries()) {
        mkdirSync(subject.folder, { recursive: true })
        await settleDisk()
        const milliseconds = await time(subject, ['pull', '-q', name])
        if (round > 0) times[index]!.push(milliseconds)
      }
    }
    bench.add(pair(`pull of 300 MB in three ${kind} layers`, 'ms', times.map(median), 0.4))
    const limit = await physicalLimit(image, disk.path)
    for (const [what, berth] of Object.entries(limit)) bench.add({ what: `${kind}, ${what}`, unit: 'ms', berth })
  } finally {
    await disk.free()
  }
}
