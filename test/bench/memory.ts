import { spawn } from 'node:child_process'
import { end, eventually } from '../support/processes.ts'
import { memoryOf } from './engines.ts'
import { become, environment, type User } from '../support/users.ts'

/** Memory of an ordinary user's agent with its engine half, after a page's worth of requests. */
export async function agentMemory(launcher: string, user: User): Promise<{ rss: number; pss: number }> {
  const flags = { BERTH_NODE_FLAGS: '--max-semi-space-size=1 --optimize-for-size' }
  const [program, ...args] = [...become(user), launcher, '--outside', '--entry=agent', 'agent']
  const child = spawn(program!, args, { env: { ...environment(user), ...flags }, stdio: ['pipe', 'pipe', 'ignore'] })
  let answers = 0
  let text = ''
  child.stdout.on('data', (data: Buffer) => {
    text += data.toString('latin1')
    answers = text.split('"command":"close"').length - 1
  })
  const send = (channel: string, payload: string) => {
    const message = `${channel}\n${payload}`
    child.stdin.write(`${Buffer.byteLength(message)}\n${message}`)
  }
  try {
    send('', JSON.stringify({ command: 'init', version: 1, host: 'localhost' }))
    for (let round = 1; round <= 50; round += 1) {
      for (const path of ['containers/json?all=true', 'images/json', 'info']) {
        const channel = `1:${round}${path}`
        send(
          '',
          JSON.stringify({
            command: 'open',
            channel,
            payload: 'http-stream2',
            unix: `${user.runtime}/berth/berth.sock`,
            method: 'GET',
            path: `/v5.4.2/libpod/${path}`,
          }),
        )
        send('', JSON.stringify({ command: 'done', channel }))
      }
      await eventually('the answers', () => answers >= round * 3)
    }
    await new Promise((resolve) => setTimeout(resolve, 1000))
    return memoryOf(child.pid!)
  } finally {
    await end(child)
  }
}
