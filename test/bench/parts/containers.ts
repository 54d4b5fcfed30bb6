import { pair, type Part } from '../bench.ts'
import type { Subject } from '../engines.ts'
import { compare, compareTimes, runAtOnce, send } from '../measure.ts'

/** The life of containers: in the background, many at once, and over the API. */
export const containers: Part = {
  name: 'containers',
  async run({ both, busybox, quick, rounds, add }) {
    const removeAll = (subject: Subject) => subject.run('rm', '-a', '-f', '-t', '0')
    const detached = ['run', '-d', busybox, 'sleep', '1000']
    add(pair('run -d', 'ms', await compare(both, rounds * 2, () => detached, removeAll), 0.85))
    for (const subject of both) await removeAll(subject)
    const many = quick ? 10 : 50
    add(
      pair(
        `${many} run --rm true at once`,
        'ms',
        await compareTimes(both, quick ? 1 : 3, (each) => runAtOnce(each, many, busybox)),
        0.8,
      ),
    )
    const services = await Promise.all(both.map(async (subject) => [subject, await subject.serve()] as const))
    try {
      const sockets = new Map(services.map(([subject, { socket }]) => [subject, socket]))
      const life = (subject: Subject) => lifeOverApi(sockets.get(subject)!, busybox)
      add(pair('create, start, wait and remove over the API', 'ms', await compareTimes(both, rounds * 2, life), 0.6))
    } finally {
      for (const [, service] of services) await service.stop()
    }
  },
}

/** Milliseconds for a container that ends at once, from its creation until it is removed. */
async function lifeOverApi(socketPath: string, image: string): Promise<number> {
  const began = performance.now()
  const { Id } = JSON.parse(await ask(socketPath, 'POST', 'create', { image, command: ['true'] })) as { Id: string }
  await ask(socketPath, 'POST', `${Id}/start`)
  await ask(socketPath, 'POST', `${Id}/wait`)
  await ask(socketPath, 'DELETE', Id)
  return performance.now() - began
}

async function ask(socket: string, method: string, path: string, body?: object): Promise<string> {
  const { status, text } = await send(socket, method, `/v5.0.0/libpod/containers/${path}`, body)
  if (status >= 400) throw new Error(`${method} ${path}: ${status} ${text}`)
  return text
}
