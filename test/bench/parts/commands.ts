import { pair, type Part } from '../bench.ts'
import type { Subject } from '../engines.ts'
import { compare, compareProcessor, compareTimes, runAtOnce, time } from '../measure.ts'

let made = 0

/** What people wait for most often. */
export const commands: Part = {
  name: 'commands',
  async run({ both, busybox, rounds, add }) {
    const cases: [string, string[], number | undefined][] = [
      ['run --rm true', ['run', '--rm', busybox, 'true'], 1],
      ['run --rm --network none true', ['run', '--rm', '--network', 'none', busybox, 'true'], 1],
      ['version', ['version'], undefined],
    ]
    // What takes little time is measured more often: on a virtual machine single rounds differ by a quarter.
    const many = rounds * 4
    for (const [what, args, most] of cases)
      add(pair(what, 'ms', await compare(both, what === 'version' ? many : rounds * 2, () => args), most))
    add(pair('ten run --rm true at once', 'ms', await compareTimes(both, rounds, (each) => runAtOnce(each, 10, busybox)), 1))
    const [network, none] = cases.map(
      ([, args]) =>
        (subject: Subject) =>
          time(subject, args),
    )
    add(pair('run --rm true, processor time', 'ms', await compareProcessor(both, rounds * 2, network!)))
    add(pair('run --rm --network none true, processor time', 'ms', await compareProcessor(both, rounds * 2, none!)))
    const name = () => `made-${(made += 1)}`
    add(pair('create', 'ms', await compare(both, many, () => ['create', '--name', name(), busybox, 'true']), 0.9))
    for (const subject of both) await subject.run('rm', '-a', '-f')
    for (const subject of both) await subject.run('create', '--name', 'one', busybox, 'true')
    add(pair('inspect of one container', 'ms', await compare(both, many, () => ['inspect', 'one']), 1.1))
    add(pair('images of a small store', 'ms', await compare(both, many, () => ['images']), 1.4))
    for (const subject of both) await subject.run('rm', '-a', '-f')
  },
}
