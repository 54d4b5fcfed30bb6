import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Console, startConsole } from '../browser/console.ts'
import { logInAs } from '../support/console-client.ts'
import { consoleProcesses, memoryOf } from '../support/memory.ts'
import { eventually } from '../support/processes.ts'

// A seed in the place of chance: every run does the same.
const threads = 60
/** Logins that are tried at the same time. */
const mostHelpers = 20
const halfOpen = 500

let console_: Console
beforeAll(async () => {
  console_ = await startConsole('load-logins')
})
afterAll(() => console_?.stop())

/** Connections that begin something and do not go on with it, of four kinds in turn; every second drips a byte a second. */
function openHalf(port: number, count: number): { sockets: Socket[]; ended(): number; stop(): void } {
  const sockets: Socket[] = []
  let ended = 0
  for (let at = 0; at < count; at++) {
    const localAddress = at % 2 === 0 ? '127.0.0.1' : `127.0.0.${2 + (at % 50)}`
    const plain = connectPlain({ host: '127.0.0.1', port, localAddress })
    plain.on('error', () => {})
    plain.once('close', () => ended++)
    sockets.push(plain)
    if (at % 4 === 0) plain.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]))
    if (at % 4 === 1) plain.write('GET / HTTP/1.1\r\nHost: x\r\nX-A: ')
    if (at % 4 === 3) {
      const secure = connectTls({ socket: plain, rejectUnauthorized: false })
      secure.on('error', () => {})
      secure.once('secureConnect', () => secure.write('GET / HTTP/1.1\r\nHost: x\r\nX-A: '))
    }
  }
  const drip = setInterval(() => {
    for (let at = 1; at < count; at += 4) if (sockets[at]!.writable) sockets[at]!.write('a')
  }, 1000)
  return {
    sockets,
    ended: () => ended,
    stop: () => {
      clearInterval(drip)
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Threads that try wrong passwords, each the next as soon as the last is refused. */
function flood(url: string): { answers: number[]; stop(): Promise<void> } {
  const over = new AbortController()
  const answers: number[] = []
  const work = async (thread: number): Promise<void> => {
    const from = thread % 2 === 0 ? '127.0.0.1' : `127.0.0.${2 + thread}`
    for (let round = 0; !over.signal.aborted; round++) {
      const user = ['bob', 'root', `nobody-${thread}-${round}`, thread % 2 === 0 ? 'daemon' : 'alice'][thread % 4]!
      const result = await logInAs(url, user, `wrong-${thread}-${round}`, from, over.signal).catch(() => undefined)
      if (result !== undefined) answers.push(result.status)
    }
  }
  const all = Array.from({ length: threads }, (_, thread) => work(thread))
  return {
    answers,
    stop: async () => {
      over.abort()
      await Promise.all(all)
    },
  }
}

test(
  'an honest login is not kept waiting among 500 half-open connections and 60 threads of wrong passwords',
  { timeout: 240_000 },
  async () => {
    const { url, service } = console_
    const pid = service.child.pid!
    let helpers = 0
    let memory = 0
    const watch = setInterval(() => {
      const logins = consoleProcesses(pid).filter(({ kind }) => kind === 'login')
      helpers = Math.max(helpers, logins.length)
      memory = Math.max(
        memory,
        logins.reduce((sum, each) => sum + memoryOf(each.pid), 0),
      )
    }, 500)
    const half = openHalf(Number(new URL(url).port), halfOpen)
    const attack = flood(url)
    try {
      await eventually('the flood', () => helpers > 2)
      const honest: { status: number; took: number; before: number }[] = []
      const refused = (): number => attack.answers.filter((status) => status === 401).length
      for (const from of ['127.0.0.1', '127.0.0.77', '127.0.0.1', '127.0.0.3']) {
        const earlier = refused()
        const { status, took } = await logInAs(url, 'alice', 'alice', from).catch(() => ({ status: 0, took: Infinity }))
        honest.push({ status, took: Math.round(took), before: refused() - earlier })
      }
      const began = performance.now()
      await eventually('the end of what is half open', () => half.ended() >= halfOpen, 60_000).catch(() => {})
      console.log(
        `honest logins (ms, and wrong ones answered before them): ${JSON.stringify(honest)}; login helpers at most ${helpers}, ${Math.round(memory / 2 ** 20)} MiB; ` +
          `half-open connections ended: ${half.ended()} of ${halfOpen} after another ${Math.round(performance.now() - began)} ms; ` +
          `wrong logins answered: ${attack.answers.length}, of them 503: ${attack.answers.filter((status) => status === 503).length}`,
      )
      for (const { status, before } of honest) {
        expect(status).toBe(200)
        // Behind those that wait it would see all of them answered before, however fast the machine is.
        expect(before).toBeLessThan(threads - mostHelpers)
      }
      expect(half.ended()).toBe(halfOpen)
      // 503: it waited too long for its turn.
      expect(attack.answers.filter((status) => status !== 401 && status !== 503)).toEqual([])
      expect(refused()).toBeGreaterThan(0)
      expect(helpers).toBeLessThanOrEqual(mostHelpers)
    } finally {
      clearInterval(watch)
      half.stop()
      await attack.stop()
    }
  },
)
