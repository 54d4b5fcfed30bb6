import { spawnSync } from 'node:child_process'
import { mkdirSync, openSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { TestImage } from '../support/images.ts'
import { median } from './measure.ts'

/**
 * What a pull cannot do without, each by a simple program alone and in milliseconds: to inflate the layers to nothing, to hash
 * them compressed and not, to write their files. On several cores these go on at once, so that the sum divided by the cores is
 * about what can be reached.
 */
export async function physicalLimit(image: TestImage, folder: string): Promise<Record<string, number>> {
  const layers = image.blobs.slice(0, -1).map(({ mediaType, data }, index) => {
    const packed = join(folder, `limit-${index}`)
    const plain = `${packed}.tar`
    writeFileSync(packed, data)
    const [program, ...args] = mediaType.endsWith('zstd') ? ['zstd', '-dqc'] : ['igzip', '-dc']
    const inflate = { program: program!, args, input: packed }
    measure([{ ...inflate, output: plain }])
    return { packed, plain, inflate }
  })
  const hash = layers.flatMap(({ packed, plain }) =>
    [packed, plain].map((input) => ({ program: 'openssl', args: ['dgst', '-sha256'], input })),
  )
  const write = (round: number) =>
    layers.map(({ plain }, index) => {
      const into = join(folder, `limit-${index}-${round}`)
      mkdirSync(into)
      return { program: 'tar', args: ['-x', '-b', '2048', '-C', into], input: plain }
    })
  const several = (commands: (round: number) => Command[]) => median([1, 2, 3].map((round) => measure(commands(round))))
  const parts = {
    'to inflate to nothing': several(() => layers.map(({ inflate }) => inflate)),
    'to hash': several(() => hash),
    'to write the files': several(write),
  }
  const cores = availableParallelism()
  const sum = Object.values(parts).reduce((total, each) => total + each, 0)
  return { ...parts, [`all that shared by ${cores} cores`]: sum / cores }
}

interface Command {
  program: string
  args: string[]
  input: string
  output?: string
}

function measure(commands: readonly Command[]): number {
  const began = performance.now()
  for (const { program, args, input, output = '/dev/null' } of commands) {
    const { status } = spawnSync(program, args, { stdio: [openSync(input, 'r'), openSync(output, 'w'), 'inherit'] })
    if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}.`)
  }
  return performance.now() - began
}
