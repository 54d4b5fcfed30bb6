import { pair, type Part } from '../bench.ts'
import type { Subject } from '../engines.ts'
import { compare, compareTimes, time } from '../measure.ts'

let made = 0

/** Milliseconds to create a network and remove it. */
async function createAndRemove(subject: Subject): Promise<number> {
  const name = `bench-${(made += 1)}`
  return (await time(subject, ['network', 'create', name])) + (await time(subject, ['network', 'rm', name]))
}

/** Milliseconds to create a pod of five containers and start it. */
async function startPod(subject: Subject, image: string): Promise<number> {
  const began = performance.now()
  await subject.run('pod', 'create', '--name', 'five')
  for (let at = 0; at < 5; at += 1) await subject.run('create', '--pod', 'five', image, 'sleep', '1000')
  await subject.run('pod', 'start', 'five')
  return performance.now() - began
}

/** Networks of users, with names, firewall and addresses of their own, and pods. */
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
    const removed = (subject: Subject) => subject.run('pod', 'rm', '-f', '-t', '0', '--ignore', 'five')
    try {
      add(
        pair('a pod of five containers', 'ms', await compareTimes(both, rounds, (each) => startPod(each, busybox), removed), 0.7),
      )
    } finally {
      for (const subject of both) await removed(subject)
    }
  },
}
