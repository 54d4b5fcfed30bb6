import { type ChildProcess, spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { EngineError } from '../errors/index.ts'
import type { EngineAccess } from './agent.ts'
import { entryCommand, launcherEnvironment } from './launcher.ts'
import { type Mux, openMux } from './mux.ts'

/** Milliseconds between the starts of an engine that keeps ending. */
const restartPause = 1_000

/** Milliseconds the engine has to end before it is killed. */
const grace = 5_000

/** Characters of the engine's last words that are kept. */
const maxWords = 4_000

interface Running {
  child: ChildProcess
  mux: Mux
  ended: Promise<void>
}

/**
 * The engine in a process of its own, within the user's user and mount namespace, over the socket pair that is its
 * standard output. It is started at once, and again with the next connection after it has ended.
 */
export function openEngineProcess(): EngineAccess {
  let running: Promise<Running> | undefined
  let lastStart = 0
  let lastWords = ''
  let closing = false

  const start = async (): Promise<Running> => {
    await sleep(Math.max(0, lastStart + restartPause - Date.now()))
    lastStart = Date.now()
    const [program, ...args] = entryCommand('engine-half', [], true)
    const child = spawn(program!, args, { cwd: '/', env: { ...process.env, ...launcherEnvironment() }, stdio: ['ignore', 'pipe', 'pipe'] })
    lastWords = ''
    child.stderr.on('data', (data: Buffer) => {
      lastWords = (lastWords + data.toString('utf8')).slice(-maxWords)
      process.stderr.write(data)
    })
    const mux = openMux(child.stdout as unknown as Duplex, { odd: true })
    const ended = new Promise<void>((resolve) => {
      const end = (): void => {
        mux.close()
        running = undefined
        resolve()
      }
      child.once('exit', end)
      child.once('error', (error) => {
        lastWords = error.message
        end()
      })
    })
    const started: Running = { child, mux, ended }
    // The first byte tells that it serves; an engine that ends before had a reason.
    const ready = new Promise<true>((resolve) => mux.hello.then(() => resolve(true), () => {}))
    if (await Promise.race([ready, ended.then(() => false)])) return started
    throw new EngineError('EngineUnreachable', `The engine could not be started: ${lastLine(lastWords)}`)
  }
  const engine = (): Promise<Running> => {
    running ??= start().catch((error: unknown) => {
      running = undefined
      throw error
    })
    return running
  }
  engine().catch(() => {})
  return {
    connect: async () => {
      if (closing) throw new EngineError('EngineUnreachable', 'The session is ending.')
      return (await engine()).mux.open()
    },
    close: async () => {
      closing = true
      const current = await running?.catch(() => undefined)
      if (current === undefined) return
      current.mux.close()
      const killer = setTimeout(() => current.child.kill('SIGKILL'), grace)
      await current.ended
      clearTimeout(killer)
    },
  }
}

function lastLine(words: string): string {
  const line = words.trim().split('\n').at(-1) ?? ''
  return line.replace(/^Error: /, '') || 'it ended without a word.'
}
