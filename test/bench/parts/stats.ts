import { readFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { pair, type Part } from '../bench.ts'
import type { Subject } from '../engines.ts'
import { compare } from '../measure.ts'

/** Resource use of many running containers. */
export const stats: Part = {
  name: 'stats',
  async run({ both, busybox, quick, add }) {
    const running = quick ? 20 : 100
    const times: number[] = []
    const streams: number[] = []
    // One after the other: two hundred containers at once would measure the machine.
    for (const subject of both) {
      for (let index = 0; index < running; index += 1)
        await subject.run('run', '-d', '--network', 'none', '--name', `r${index}`, busybox, 'sleep', '100000')
      const [milliseconds] = await compare([subject], 3, () => ['stats', '--no-stream'])
      times.push(milliseconds!)
      streams.push(await streamTime(subject, quick))
      await subject.run('rm', '-a', '-f', '-t', '0')
    }
    add(pair(`stats --no-stream of ${running} running`, 'ms', times))
    add(pair(`a second of the stats stream of ${running}, processor time`, 'ms', streams, 0.3))
  },
}

/** Milliseconds of processor time that the service takes for a second of the stream of all containers, once it has run a while. */
async function streamTime(subject: Subject, quick: boolean): Promise<number> {
  const seconds = quick ? 5 : 20
  const service = await subject.serve()
  try {
    const asked = request({
      socketPath: service.socket,
      path: '/v5.0.0/libpod/containers/stats?stream=true',
      headers: { host: 'd' },
    })
    asked.end()
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      asked.on('response', resolve)
      asked.on('error', reject)
    })
    answer.resume()
    answer.on('error', () => {})
    // Not the start of the stream, whose code is still being compiled.
    await sleep(quick ? 3000 : 40_000)
    const before = processorTime(service.child.pid!)
    await sleep(seconds * 1000)
    const taken = processorTime(service.child.pid!) - before
    asked.destroy()
    return taken / seconds
  } finally {
    await service.stop()
  }
}

/** Milliseconds of processor time of a process with its ended children, user and system; a tick is 10 ms (proc(5)). */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ')
  return [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0) * 10
}
