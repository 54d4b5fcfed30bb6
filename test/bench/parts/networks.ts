import { pair, type Part } from '../bench.ts'
import type { Subject } from '../engines.ts'
import { compare, compareTimes, time } from '../measure.ts'

let made = 0

/** Milliseconds to create a network and remove it. */
async function createAndRemove(subject: Subject): Promise<number> {
  const name = `bench-${(made += 1)}`
  return (await time(subject, ['network', 'create', name])) + (await time(subject, ['network', 'rm', name]))
}

/** Networks of users: names, firewall and addresses of their own. */
export const networks: Part = {
  name: 'networks',
  async run({ both, busybox, rounds, add }) {
    add(pair('network create + rm', 'ms', await compareTimes(both, rounds * 2, createAndRemove), 0.8))
    for (const subject of both) await subject.run('network', 'create', 'shop')
    try {
      const args = ['run', '--rm', '--network', 'shop', busybox, 'true']
      add(pair('run --rm on a user network', 'ms', await compare(both, rounds * 2, () => args), 0.7))
    } finally {
      for (const subject of both) await subject.run('network', 'rm', '-f', 'shop')
    }
  },
}
