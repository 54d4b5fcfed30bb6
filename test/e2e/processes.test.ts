import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { berthAs, clear, everyone, pullImages } from '../support/berth.ts'
import { end, eventually, run } from '../support/processes.ts'
import { become, environment } from '../support/users.ts'

const { images } = inject('stage')

interface Row {
  Pid: number
  User: string
  CPU: number
  Command: string
}

describe.each(everyone)('the processes of a container as %s', (name) => {
  const berth = berthAs(name)
  const socket = join(berth.root ? inject('stage').folder : berth.user.runtime, 'processes.sock')
  let service: ChildProcess

  beforeAll(async () => {
    await pullImages(berth, images.busybox)
    const work = 'sleep 1000 & sh -c "while :; do :; done" & exec sleep 2000'
    await berth('run', '-d', '--name', 'busy', '--network', 'none', images.busybox, 'sh', '-c', work)
    await berth('run', '-d', '--name', 'other', '--network', 'none', images.busybox, 'sleep', '3000')
    service = berth.start('system', 'service', '--time', '0', `unix://${socket}`)
    service.stderr!.on('data', () => {})
    await eventually('the socket', () => existsSync(socket), 20_000)
  })
  afterAll(async () => {
    await clear(berth)
    await end(service)
  })

  async function curl(method: string, path: string, ...args: string[]): Promise<{ status: number; body: string }> {
    const words = [...become(berth.user), 'curl', '-sS', '-X', method, '--unix-socket', socket, '-w', '\n%{http_code}', ...args]
    const { stdout } = await run(words[0]!, [...words.slice(1), `http://d${path}`], { env: environment(berth.user) })
    const cut = stdout.lastIndexOf('\n')
    return { status: Number(stdout.slice(cut + 1)), body: stdout.slice(0, cut) }
  }

  /** What a stream reports in a few seconds. */
  const reports = async (container: string): Promise<Row[][]> => {
    const { body } = await curl('GET', `/v5/libpod/containers/${container}/processes?interval=1`, '--max-time', '3.5')
    return body
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => (JSON.parse(line) as { Processes: Row[] }).Processes)
  }

  test('they are reported at an interval, with their use of CPU', async () => {
    const all = await reports('busy')
    expect(all.length).toBeGreaterThan(1)
    const last = all.at(-1)!
    expect(last.map(({ Command }) => Command).toSorted()).toEqual(['sh -c while :; do :; done', 'sleep 1000', 'sleep 2000'])
    expect(last.find(({ Pid }) => Pid === 1)).toMatchObject({ Command: 'sleep 2000', User: 'root' })
    const [busiest] = last.toSorted((a, b) => b.CPU - a.CPU)
    expect(busiest!.Command).toContain('while')
    expect(busiest!.CPU).toBeGreaterThan(1)
  })

  test('a signal reaches the one that was named, and nothing outside of the container', async () => {
    const [now] = await reports('busy')
    const victim = now!.find(({ Command }) => Command === 'sleep 1000')!
    const signal = (pid: number, name = 'SIGKILL') =>
      curl('POST', `/v5/libpod/containers/busy/processes/${pid}/kill?signal=${name}`)
    expect((await signal(victim.Pid)).status).toBe(204)
    const after = await reports('busy')
    expect(after.at(-1)!.map(({ Command }) => Command)).not.toContain('sleep 1000')
    expect(after.at(-1)).toHaveLength(2)
    expect(JSON.parse((await signal(victim.Pid)).body)).toMatchObject({ code: 'ProcessNotFound', response: 404 })
    // A number of the host, this very process's: not one of the container's.
    expect((await signal(process.pid + 100_000)).status).toBe(404)
    expect((await signal(1, 'SIGNOTHING')).status).toBe(400)
    expect((await signal(0)).status).toBe(400)
    expect(await reports('other')).not.toEqual([])
  })

  test('the first process is signalled as kill does, and the stream ends with it', async () => {
    const ended = curl('GET', '/v5/libpod/containers/other/processes?interval=1', '--max-time', '30')
    expect((await curl('POST', '/v5/libpod/containers/other/processes/1/kill?signal=SIGKILL')).status).toBe(204)
    expect((await ended).status).toBe(200)
    expect(await berth('wait', 'other')).toContain('137')
    expect((await curl('GET', '/v5/libpod/containers/other/processes')).status).toBe(409)
  })
})
