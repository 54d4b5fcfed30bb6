import { type ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, pullImages } from '../support/berth.ts'
import { memoryOf } from '../support/memory.ts'
import { end, eventually, slowness } from '../support/processes.ts'
import { remains } from '../support/remains.ts'
import { playAs } from './load/random-verbs.ts'

// A server at its busiest. BERTH_LOAD=1 takes full counts; the suite takes a part of them.

const { images, folder } = inject('stage')
const share = Number(process.env.BERTH_LOAD ?? '0.05')
const count = (full: number, least: number) => Math.max(least, Math.round(full * share))
const counts = {
  starts: count(200, 10),
  verbs: count(1000, 40),
  execs: count(500, 20),
  floodSeconds: count(10, 1),
}
const timeout = (60_000 + 900_000 * share) * slowness

describe.each(anyone)(`many containers as ${anyone.join()}`, (name) => {
  const berth = berthAs(name)
  const home = berth.root ? folder : berth.store
  const say = (text: string) => void (share < 1 || process.stdout.write(`load: ${text}\n`))

  beforeAll(() => pullImages(berth, images.busybox))
  afterEach(() => clear(berth, false))
  afterAll(() => clear(berth))

  const nothingLeft = async (ids: readonly string[]) => {
    const check = await berth.try(['system', 'check'])
    expect(check, check.stdout).toMatchObject({ code: 0, stdout: '' })
    await expect.poll(() => remains(berth, home, berth.run, ids), { timeout: 30_000 * slowness }).toEqual([])
  }

  test(`${counts.starts} start at once from eight processes`, { timeout }, async () => {
    const names = Array.from({ length: counts.starts }, (_, index) => `many-${index}`)
    const shares = Array.from({ length: 8 }, (_, worker) => names.filter((_each, index) => index % 8 === worker))
    const create = async (each: string) =>
      await berth('create', '--name', each, '--stop-timeout', '0', images.busybox, 'sleep', '1000')
    const made = await Promise.all(shares.map(async (own) => await inTurn(own, create)))
    const ids = made.flat()
    const began = performance.now()
    const results = await Promise.all(shares.map((own) => berth.try(['start', ...own])))
    say(`${counts.starts} starts in ${Math.round(performance.now() - began)} ms`)
    for (const { code, stderr } of results) expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const found = await berth.json('inspect', ...names)
    expect(found.filter(({ State }: Found) => State.Status !== 'running' || !existsSync(`/proc/${State.Pid}`))).toEqual([])
    const addresses = found.map(({ NetworkSettings }: Found) => NetworkSettings.IPAddress).filter(Boolean)
    expect(addresses).toHaveLength(new Set(addresses).size)
    expect(await berth('ps', '-q', '--no-trunc').then((text) => text.split('\n').toSorted())).toEqual(ids.toSorted())
    const removals = await Promise.all(shares.map((own) => berth.try(['rm', '-f', '-t', '0', ...own])))
    for (const { code, stderr } of removals) expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    await nothingLeft(ids)
  })

  test(`${counts.verbs} random verbs by four processes on twenty containers`, { timeout }, async () => {
    const { problems, ids, told } = await playAs(berth, images.busybox, counts.verbs)
    say(`verbs and exit codes: ${told}`)
    expect(problems).toEqual([])
    await berth.try(['rm', '-a', '-f', '-t', '0'])
    await nothingLeft(ids)
  })

  test(`a log that is flooded for ${counts.floodSeconds} s stays bounded, and others go on`, { timeout }, async () => {
    const most = 4_000_000
    const flood = `end=$(($(date +%s) + ${counts.floodSeconds + 1})); while [ $(date +%s) -lt $end ]; do yes $(printf %01000d 0) | head -c 50000000; done; sleep 1000`
    await berth(
      'run',
      '-d',
      '--name',
      'quiet',
      images.busybox,
      'sh',
      '-c',
      'i=0; while :; do echo $i; i=$((i+1)); sleep 0.1; done',
    )
    const id = await berth('run', '-d', '--name', 'flood', '--log-opt', `max-size=${most}`, images.busybox, 'sh', '-c', flood)
    const log = (await berth('inspect', '--format', '{{.HostConfig.LogConfig.Path}}', id)).trim()
    const sizes: number[] = []
    const until = Date.now() + counts.floodSeconds * 1000
    let turns = 0
    do {
      const before = await berth('logs', '--tail', '1', 'quiet')
      await eventually('another line of the quiet one', async () => (await berth('logs', '--tail', '1', 'quiet')) !== before)
      expect(await berth('exec', 'quiet', 'echo', 'well')).toBe('well')
      sizes.push(sizeOf(dirname(log)))
      turns += 1
    } while (Date.now() < until)
    // A log that has just begun again may be empty.
    const written = async () => (await berth.try(['logs', '--tail', '1', 'flood'])).stdout
    await eventually('a line of the flood', async () => /^[0\n]+$/.test(await written()))
    say(`${turns} looks while it flooded, log at most ${Math.max(...sizes)} bytes of ${most}`)
    // What was rotated and what is being written.
    expect(Math.max(...sizes)).toBeLessThan(2 * most + 1_000_000)
    expect(Math.max(...sizes)).toBeGreaterThan(0)
  })

  test(`${counts.execs} exec at one service: no growth of memory, descriptors or records`, { timeout }, async () => {
    const socket = join(berth.root ? folder : berth.user.runtime, 'load.sock')
    const service = berth.start('system', 'service', '--time', '0', `unix://${socket}`)
    service.stderr!.on('data', () => {})
    try {
      await eventually('the socket', () => existsSync(socket), 20_000)
      const id = await berth('run', '-d', '--name', 'busy', images.busybox, 'sleep', '1000')
      const look = async () => {
        const pid = serviceOf(service, socket)
        return { memory: memoryOf(pid), files: readdirSync(`/proc/${pid}/fd`).length, state: await stateFiles(id) }
      }
      const stateFiles = async (container: string) => {
        await eventually('no session', async () => (await berth.json('inspect', container))[0].ExecIDs.length === 0)
        const place = join(berth.run, 'containers', container)
        return existsSync(place) ? readdirSync(place, { recursive: true }).length : 0
      }
      await inTurn(Array.from({ length: Math.ceil(counts.execs / 2) }), () => execAt(socket, id))
      const middle = await look()
      await inTurn(Array.from({ length: Math.floor(counts.execs / 2) }), () => execAt(socket, id))
      const last = await look()
      say(`exec: ${JSON.stringify(middle)} then ${JSON.stringify(last)}`)
      expect(last.files).toBeLessThanOrEqual(middle.files + 2)
      expect(last.state).toBeLessThanOrEqual(middle.state)
      expect(last.memory - middle.memory).toBeLessThan(24_000_000)
      await berth('rm', '-f', '-t', '0', 'busy')
      await nothingLeft([id])
    } finally {
      await end(service)
    }
  })
})

interface Found {
  State: { Status: string; Pid: number }
  NetworkSettings: { IPAddress: string }
}

async function inTurn<T, R>(list: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (const item of list) results.push(await act(item))
  return results
}

function sizeOf(place: string): number {
  return readdirSync(place).reduce((sum, name) => {
    const found = name.includes('.log') ? statSync(join(place, name), { throwIfNoEntry: false }) : undefined
    return sum + (found?.size ?? 0)
  }, 0)
}

/** The process that serves, below the launcher's. */
function serviceOf(child: ChildProcess, socket: string): number {
  const found = readdirSync('/proc').find((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      return words[0]!.endsWith('node') && words.some((word) => word.endsWith(socket))
    } catch {
      return false
    }
  })
  return found === undefined ? child.pid! : Number(found)
}

/** Runs a command in a container by Docker's routes, and reads its output to the end. */
async function execAt(socketPath: string, container: string): Promise<void> {
  const created = await post(socketPath, `/containers/${container}/exec`, { AttachStdout: true, Cmd: ['echo', 'well'] })
  const { Id } = JSON.parse(created)
  expect(await post(socketPath, `/exec/${Id}/start`, { Detach: false, Tty: false })).toContain('well\n')
}

function post(socketPath: string, path: string, body: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path: `/v1.41${path}`, method: 'POST', headers: { 'content-type': 'application/json' } })
    asked.on('error', reject)
    asked.on('response', (answer) => {
      let text = ''
      answer.on('data', (data: Buffer) => (text += data.toString('latin1')))
      answer.on('error', reject)
      answer.on('end', () => (answer.statusCode! < 300 ? resolve(text) : reject(new Error(`${answer.statusCode} ${text}`))))
    })
    asked.end(JSON.stringify(body))
  })
}
