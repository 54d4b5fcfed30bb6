import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { encodeControl, encodeStdio, splitMessage, StdioReader } from '../../bridge/protocol/index.ts'
import type { Berth } from './berth.ts'
import { pids } from './users.ts'

/** An agent on two pipes, as cockpit-ws or ssh start it. */
export interface Agent {
  child: ChildProcess
  /** The end of its stderr. */
  printed(): string
  /** Control messages that came. */
  controls: { command: string; channel?: string; problem?: string; message?: string; what?: string; status?: number }[]
  ended: Promise<number | null>
  /** Asks its engine; resolves with the status and the body. Rejects with the problem of the channel. */
  get(path: string): Promise<{ status: number; body: string }>
}

/** Starts an agent of a user, which the caller ends. */
export function startAgent(berth: Berth): Agent {
  const launcher = join(inject('stage').dist, 'bin/berth')
  const { argv, env } = berth.command()
  const words = [...argv.slice(0, argv.indexOf(launcher)), launcher, '--entry=agent', '--outside', 'agent']
  const child = spawn(words[0]!, words.slice(1), { cwd: '/', env, stdio: ['pipe', 'pipe', 'pipe'] })
  let printed = ''
  child.stderr.on('data', (data: Buffer) => (printed = (printed + data.toString()).slice(-10_000)))
  child.stdin.on('error', () => {})
  const controls: Agent['controls'] = []
  const requests = openRequests(berth, (message) => void child.stdin.write(message))
  const reader = new StdioReader()
  child.stdout.on('data', (chunk: Buffer) => {
    for (const message of reader.push(chunk)) {
      const { channel, payload } = splitMessage(message)
      if (channel !== '') requests.data(channel, Buffer.from(payload).toString())
      else {
        const control = JSON.parse(Buffer.from(payload).toString()) as Agent['controls'][number]
        controls.push(control)
        requests.control(control)
      }
    }
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  child.stdin.write(encodeStdio('', encodeControl({ command: 'init', version: 1, host: 'localhost' })))
  return { child, printed: () => printed, controls, ended, get: requests.get }
}

/** Requests on channels of their own. */
function openRequests(berth: Berth, send: (message: Uint8Array) => void) {
  const waiting = new Map<string, { reply: { status: number; body: string }; done(problem?: string): void }>()
  let count = 0
  return {
    get: (path: string): Promise<{ status: number; body: string }> =>
      new Promise((resolve, reject) => {
        const channel = `get${++count}`
        const reply = { status: 0, body: '' }
        const done = (problem?: string): void => {
          waiting.delete(channel)
          if (problem === undefined) resolve(reply)
          else reject(new Error(problem))
        }
        waiting.set(channel, { reply, done })
        const unix = join(berth.user.runtime, 'berth/berth.sock')
        send(encodeStdio('', encodeControl({ command: 'open', channel, payload: 'http-stream2', unix, method: 'GET', path })))
        send(encodeStdio('', encodeControl({ command: 'done', channel })))
      }),
    data: (channel: string, text: string): void => {
      const asked = waiting.get(channel)
      if (asked !== undefined) asked.reply.body += text
    },
    control: ({ command, channel = '', problem, message, status = 0 }: Agent['controls'][number]): void => {
      const asked = waiting.get(channel)
      if (command === 'response' && asked !== undefined) asked.reply.status = status
      if (command === 'close') asked?.done(problem === undefined ? undefined : `${problem}: ${message}`)
    },
  }
}

/** The process of an agent's engine half. */
export function halfOf({ child }: Agent): number | undefined {
  return pids().find((pid) => {
    const stat = read(`/proc/${pid}/stat`)
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
    return parent === child.pid && read(`/proc/${pid}/cmdline`).includes('engine-half')
  })
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
