import { pair, type Part } from '../bench.ts'
import { compare } from '../measure.ts'

/** Resource use of many running containers. */
export const stats: Part = {
  name: 'stats',
  async run({ both, busybox, quick, add }) {
    const running = quick ? 20 : 100
    const times: number[] = []
    // One after the other: two hundred containers at once would measure the machine.
    for (const subject of both) {
      for (let index = 0; index < running; index += 1)
        await subject.run('run', '-d', '--network', 'none', '--name', `r${index}`, busybox, 'sleep', '100000')
      const [milliseconds] = await compare([subject], 3, () => ['stats', '--no-stream'])
      times.push(milliseconds!)
      await subject.run('rm', '-a', '-f', '-t', '0')
    }
    add(pair(`stats --no-stream of ${running} running`, 'ms', times))
  },
}
