import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { freePort } from '../../support/free-port.ts'
import { end, eventually } from '../../support/processes.ts'
import { findUser, makeUsers } from '../../support/users.ts'
import { pair, type Part } from '../bench.ts'
import { memoryOf } from '../engines.ts'
import { requestsPerSecond } from '../measure.ts'
import { agentMemory } from '../memory.ts'

/** What our processes that stay need. */
export const memory: Part = {
  name: 'memory',
  async run({ both, folder, launcher, add }) {
    const sizes: { rss: number; pss: number }[] = []
    for (const subject of both) {
      const service = await subject.serve()
      await requestsPerSecond(service.socket, '/v5.0.0/libpod/info', 0.5)
      sizes.push(memoryOf(service.child.pid!))
      await service.stop()
    }
    for (const kind of ['rss', 'pss'] as const)
      add(
        pair(
          `system service, ${kind.toUpperCase()}`,
          'MiB',
          sizes.map((size) => size[kind]),
        ),
      )
    await makeUsers()
    const agent = await agentMemory(launcher, findUser('alice', folder))
    add({ what: 'agent with engine half, RSS', unit: 'MiB', berth: agent.rss })
    add({ what: 'agent with engine half, PSS', unit: 'MiB', berth: agent.pss, limit: 110 })
    const server = await serverMemory(folder, launcher)
    add({ what: 'console server, PSS', unit: 'MiB', berth: server.pss })
  },
}

async function serverMemory(folder: string, launcher: string): Promise<{ rss: number; pss: number }> {
  const port = await freePort()
  const options = {
    address: '127.0.0.1',
    port,
    tls: false,
    page: join(folder, 'dist/page'),
    packages: [],
    origins: [],
    state: folder,
    loginSocket: join(folder, 'no.sock'),
  }
  const child = spawn(launcher, ['--outside', '--entry=agent', 'server'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env.PATH ?? '', BERTH_NODE_FLAGS: '--max-semi-space-size=1 --optimize-for-size' },
  })
  try {
    child.stdin.write(`${JSON.stringify(options)}\n`)
    const get = () =>
      fetch(`http://127.0.0.1:${port}/`)
        .then((answer) => answer.text())
        .catch(() => undefined)
    await eventually('the page', get)
    for (let count = 0; count < 200; count += 1) await get()
    return memoryOf(child.pid!)
  } finally {
    await end(child)
  }
}
