import { get } from 'node:http'
import { pair, type Part } from '../bench.ts'
import type { Subject } from '../engines.ts'
import { send } from '../measure.ts'

/** Events that are made as fast as a service makes them, by giving an image names, and delivered to a client that follows them. */
export const events: Part = {
  name: 'events',
  async run({ both, busybox, quick, add }) {
    const rates: number[] = []
    for (const [index, subject] of both.entries()) {
      // Podman's takes longer with every name.
      rates.push(await rate(subject, busybox, (quick ? 200 : 2000) / (index === 0 ? 1 : 10)))
      await subject.run('rmi', '-a', '-f')
      await subject.run('pull', '-q', busybox)
    }
    add(pair('events made and delivered, none lost', '1/s', rates))
  },
}

const clients = 20

async function rate(subject: Subject, busybox: string, count: number): Promise<number> {
  const service = await subject.serve()
  const follower = await follow(service.socket)
  const began = performance.now()
  let made = 0
  const work = async (): Promise<void> => {
    while (made < count) await send(service.socket, 'POST', tagPath(busybox, (made += 1)))
  }
  try {
    await Promise.all(Array.from({ length: clients }, work))
    await follower.until(count)
    return count / ((performance.now() - began) / 1000)
  } finally {
    follower.close()
    await service.stop()
  }
}

const tagPath = (image: string, index: number): string => `/v5.0.0/libpod/images/${image}/tag?repo=localhost/e${index}&tag=1`

/** Counts the events of a service. `until` rejects when they do not come. */
function follow(socketPath: string): Promise<{ until(count: number): Promise<void>; close(): void }> {
  let lines = 0
  let reached: (() => void) | undefined
  let wanted = Infinity
  return new Promise((resolve, reject) => {
    const asked = get(
      { socketPath, path: '/v5.0.0/libpod/events?stream=true', headers: { host: 'd' }, agent: false },
      (answer) => {
        answer.on('error', () => {})
        answer.on('data', (data: Buffer) => {
          for (const byte of data) if (byte === 10) lines += 1
          if (lines >= wanted) reached?.()
        })
        resolve({
          until: (count) =>
            new Promise((done, lost) => {
              const late = setTimeout(() => lost(new Error(`Only ${lines} of ${count} events came.`)), 60_000)
              wanted = count
              reached = () => {
                clearTimeout(late)
                done()
              }
              if (lines >= wanted) reached()
            }),
          close: () => asked.destroy(),
        })
      },
    )
    asked.on('error', reject)
  })
}
