import { setTimeout as sleep } from 'node:timers/promises'
import type { Subject } from '../engines.ts'
import { type Bench, pair, type Part } from '../bench.ts'
import { memoryOf } from '../engines.ts'
import { compare, requestsPerSecond } from '../measure.ts'

/** Lists of few and of many containers. */
export const lists: Part = {
  name: 'lists',
  async run(bench) {
    const { both, busybox } = bench
    const many = bench.quick ? 100 : 500
    let there = 0
    for (const count of [1, 100, many].filter((each, index, all) => all.indexOf(each) === index)) {
      for (const subject of both) await fill(subject, busybox, there, count)
      there = count
      await listsOf(bench, count, count === many)
    }
    for (const subject of both) await subject.run('rm', '-a', '-f')
  },
}

async function listsOf({ both, rounds, quick, add }: Bench, count: number, last: boolean): Promise<void> {
  add(
    pair(
      `ps -a of ${count}`,
      'ms',
      await compare(both, rounds * (count === 1 ? 4 : 1), () => ['ps', '-a']),
      count === 1 ? 1.3 : undefined,
    ),
  )
  const rates: number[] = []
  const docker: number[] = []
  const inspects: number[] = []
  const sizes: { rss: number; pss: number }[] = []
  for (const subject of both) {
    const service = await subject.serve()
    rates.push(await requestsPerSecond(service.socket, '/v5.0.0/libpod/containers/json?all=true', quick ? 1 : 3))
    if (last) {
      docker.push(await requestsPerSecond(service.socket, '/v1.41/containers/json?all=true', quick ? 1 : 3))
      inspects.push(await requestsPerSecond(service.socket, '/v1.41/containers/c0/json', quick ? 1 : 3))
    }
    // Both give memory back once they are idle.
    if (last) await sleep(5000)
    sizes.push(memoryOf(service.child.pid!))
    await service.stop()
  }
  add({ ...pair(`GET containers/json of ${count}`, '1/s', rates), ...(last ? { target: { least: 10 } } : {}) })
  if (!last) return
  add({ ...pair(`GET Docker's containers/json of ${count}`, '1/s', docker), target: { least: 100 } })
  add({ ...pair("GET Docker's containers/NAME/json", '1/s', inspects), target: { least: 3 } })
  for (const kind of ['rss', 'pss'] as const) {
    const row = pair(
      `system service 5 s after lists of ${count}, ${kind.toUpperCase()}`,
      'MiB',
      sizes.map((size) => size[kind]),
    )
    add({ ...row, ...(kind === 'pss' ? { limit: 90, target: { most: 1 } } : {}) })
  }
}

async function fill(subject: Subject, busybox: string, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += 4) {
    await Promise.all(
      Array.from({ length: Math.min(4, to - at) }, (_, index) =>
        subject.run('create', '--name', `c${at + index}`, busybox, 'true'),
      ),
    )
  }
}
