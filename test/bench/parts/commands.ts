import { pair, type Part } from '../bench.ts'
import { compare } from '../measure.ts'

/** What people wait for most often. */
export const commands: Part = {
  name: 'commands',
  async run({ both, busybox, rounds, add }) {
    const cases: [string, string[], number | undefined][] = [
      ['run --rm true', ['run', '--rm', busybox, 'true'], 1],
      ['run --rm --network none true', ['run', '--rm', '--network', 'none', busybox, 'true'], 1],
      ['version', ['version'], undefined],
    ]
    for (const [what, args, most] of cases) add(pair(what, 'ms', await compare(both, rounds, () => args), most))
  },
}
