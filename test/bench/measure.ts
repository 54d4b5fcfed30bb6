import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Subject } from './engines.ts'

/** Median of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Writes out what was written before, so that nobody's time holds the disk's work for somebody else. */
export const settleDisk = (): Promise<number> => timeProgram(['sync'], {})

/** Milliseconds that one command line takes from start to exit; throws unless it succeeds. */
export function time(subject: Subject, args: readonly string[]): Promise<number> {
  return timeProgram([...subject.argv, ...args], subject.env)
}

/** The same for any program. */
export function timeProgram([program, ...args]: readonly string[], env: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now()
    const child = spawn(program!, args, {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let errors = ''
    let milliseconds = 0
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()))
    child.on('error', reject)
    // Monitors may keep the pipe open: the exit is the end.
    child.on('exit', (code) => {
      milliseconds = performance.now() - began
      child.stderr.destroy()
      if (code === 0) resolve(milliseconds)
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code}: ${errors}`))
    })
  })
}

/**
 * Median times of the same command line with each engine, in turns, so that whatever else the machine does meets both.
 * `before` prepares a round and is not counted. The first round warms up and is not counted either.
 */
export function compare(
  both: readonly Subject[],
  rounds: number,
  args: (subject: Subject) => readonly string[],
  before?: (subject: Subject) => Promise<unknown>,
): Promise<number[]> {
  return compareTimes(both, rounds, (subject) => time(subject, args(subject)), before)
}

/** The same for whatever `measure` measures. */
export async function compareTimes(
  both: readonly Subject[],
  rounds: number,
  measure: (subject: Subject) => Promise<number>,
  before?: (subject: Subject) => Promise<unknown>,
): Promise<number[]> {
  const times = both.map(() => [] as number[])
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, subject] of both.entries()) {
      await before?.(subject)
      const milliseconds = await measure(subject)
      if (round > 0 || rounds === 1) times[index]!.push(milliseconds)
    }
  }
  return times.map(median)
}

/**
 * Milliseconds of processor time that the whole machine spent in a round, on average: of the command, of all that it started and of what
 * goes on after it. Whatever else runs meets both, so that only a quiet machine says something.
 */
export async function compareProcessor(
  both: readonly Subject[],
  rounds: number,
  work: (subject: Subject) => Promise<unknown>,
): Promise<number[]> {
  const spent = both.map(() => 0)
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, subject] of both.entries()) {
      const before = busyTime()
      await work(subject)
      // A monitor and its exit command end after the command.
      await sleep(300)
      if (round > 0) spent[index]! += busyTime() - before
    }
  }
  return spent.map((sum) => sum / rounds)
}

/** Milliseconds that the processors have worked since boot, in ticks of 10 (proc(5), `cpu` of /proc/stat: neither idle nor iowait). */
function busyTime(): number {
  const [user, nice, system, , , irq, softirq] = readFileSync('/proc/stat', 'latin1')
    .split('\n', 1)[0]!
    .split(/ +/)
    .slice(1)
    .map(Number)
  return (user! + nice! + system! + irq! + softirq!) * 10
}

/** Requests a second on one connection to a unix socket, for `seconds`. */
export async function requestsPerSecond(socket: string, path: string, seconds = 3): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    for (let warm = 0; warm < 3; warm += 1) await get(agent, socket, path)
    const began = performance.now()
    let count = 0
    while (performance.now() - began < seconds * 1000) {
      await get(agent, socket, path)
      count += 1
    }
    return count / ((performance.now() - began) / 1000)
  } finally {
    agent.destroy()
  }
}

/** Median milliseconds that one request takes. */
export async function requestTime(socket: string, path: string, rounds: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    const times: number[] = []
    for (let round = 0; round <= rounds; round += 1) {
      const began = performance.now()
      await get(agent, socket, path)
      if (round > 0) times.push(performance.now() - began)
    }
    return median(times)
  } finally {
    agent.destroy()
  }
}

/** Milliseconds until the last of `count` containers that are run at the same time has ended. */
export async function runAtOnce(subject: Subject, count: number, image: string): Promise<number> {
  const began = performance.now()
  await Promise.all(Array.from({ length: count }, () => time(subject, ['run', '--rm', image, 'true'])))
  return performance.now() - began
}

/** Sends a request to a unix socket and reads its answer to the end, of which the last 10,000 characters are returned, whatever it says. */
export function send(socketPath: string, method: string, path: string, body?: object): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { host: 'd', ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
    const asked = request({ socketPath, method, path, headers }, (answer) => {
      let text = ''
      answer.on('data', (data: Buffer) => (text = (text + data.toString()).slice(-10_000)))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 500, text }))
      answer.on('error', reject)
    })
    asked.on('error', reject)
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

function get(agent: Agent, socketPath: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ agent, socketPath, path, headers: { host: 'd' } }, (answer) => {
      let size = 0
      answer.on('data', (data: Buffer) => (size += data.length))
      answer.on('end', () =>
        answer.statusCode === 200 ? resolve(size) : reject(new Error(`${path}: status ${answer.statusCode}`)),
      )
    })
    asked.on('error', reject)
    asked.end()
  })
}
