import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Console } from '../browser/console-process.ts'
import { end, eventually } from '../support/processes.ts'
import { send } from './measure.ts'

/** Many containers of root's in a console's namespace. */
export interface ManyContainers {
  /** Starts more, until so many run. */
  run(running: number): Promise<void>
  /** Removes them, however many run. */
  remove(): Promise<void>
}

/** Requests at a time. */
const together = 8

/** The first ones use a little of a processor now and then, so that there is something to tell; all others sleep. */
const busy = 20
const work = 'while :; do i=0; while [ $i -lt 3000 ]; do i=$((i+1)); done; sleep 1; done'

/**
 * Makes so many containers in root's store inside a console's namespace. All by one API service: it makes a hundred in the time that a
 * command needs for ten.
 */
export async function makeContainers(console_: Console, launcher: string, image: string, count: number): Promise<ManyContainers> {
  const pid = String(console_.service.child.pid)
  const socket = '/run/berth/bench.sock'
  const enter = ['-t', pid, '-m', '--']
  const service = spawn('nsenter', [...enter, launcher, 'system', 'service', '--time', '0', `unix://${socket}`], {
    env: { PATH: process.env['PATH'] ?? '', HOME: '/root' },
    stdio: 'ignore',
  })
  const outside = join('/proc', pid, 'root', socket)
  const call = (method: string, path: string, body?: object) => sendChecked(outside, method, `/v5.0.0/libpod${path}`, body)
  const names = Array.from({ length: count }, (_, index) => `worker-${String(index).padStart(4, '0')}`)
  const remove = async () => {
    await inTurns(names, (name) => call('DELETE', `/containers/${name}?force=true&timeout=0`))
    await end(service)
  }
  try {
    await eventually('the API service', () => existsSync(outside))
    await call('POST', `/images/pull?reference=${encodeURIComponent(image)}&quiet=true`)
    const spec = { image, netns: { nsmode: 'none' } }
    const commandOf = (name: string) => (names.indexOf(name) < busy ? ['sh', '-c', work] : ['sleep', '100000'])
    await inTurns(names, (name) => call('POST', '/containers/create', { ...spec, name, command: commandOf(name) }))
  } catch (error) {
    await remove()
    throw error
  }
  let started = 0
  return {
    async run(running) {
      await inTurns(names.slice(started, running), (name) => call('POST', `/containers/${name}/start`))
      started = running
    },
    remove,
  }
}

async function inTurns(names: readonly string[], work: (name: string) => Promise<unknown>): Promise<void> {
  const waiting = [...names]
  const one = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await work(name)
  }
  await Promise.all(Array.from({ length: together }, one))
}

/** What is not there need not be removed. */
async function sendChecked(socket: string, method: string, path: string, body?: object): Promise<void> {
  const { status, text } = await send(socket, method, path, body)
  if (status >= 400 && status !== 404) throw new Error(`${path}: ${text}`)
}
