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

/** One process of the engine. */
interface EngineHalf {
  child: ChildProcess
  mux: Mux
  /** Resolves with its last words once it has ended. */
  ended: Promise<string>
}

/**
 * The engine in a process of its own, within the user's user and mount namespace, over the socket pair that is its
 * standard output. It is started at once, and again with the next connection after it has ended.
 */
export function openEngineProcess(): EngineAccess {
  let running: Promise<EngineHalf> | undefined
  let lastStart = 0
  let closing = false
  const forget = (): void => {
    running = undefined
  }
  const start = async (): Promise<EngineHalf> => {
    await sleep(Math.max(0, lastStart + restartPause - Date.now()))
    lastStart = Date.now()
    const half = startHalf()
    void half.ended.then(forget)
    // Its greeting tells that it serves; an engine that ends before had a reason.
    const words = await Promise.race([half.mux.hello, half.ended])
    if (typeof words === 'string')
      throw new EngineError('EngineUnreachable', `The engine could not be started: ${lastLine(words)}`)
    return half
  }
  const engine = (): Promise<EngineHalf> => {
    running ??= start().catch((error: unknown) => {
      forget()
      throw error
    })
    return running
  }
  engine().catch(() => {
    // Told to whoever asks for it first.
  })
  return {
    connect: async () => {
      if (closing) throw new EngineError('EngineUnreachable', 'The session is ending.')
      return (await engine()).mux.open()
    },
    close: async () => {
      closing = true
      await endHalf(await running?.catch(() => undefined))
    },
  }
}

function startHalf(): EngineHalf {
  const [program, ...args] = entryCommand('engine-half', [], true)
  const child = spawn(program!, args, {
    cwd: '/',
    env: { ...process.env, ...launcherEnvironment() },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let words = ''
  child.stderr.on('data', (data: Buffer) => {
    words = (words + data.toString('utf8')).slice(-maxWords)
    process.stderr.write(data)
  })
  // A "pipe" of child_process is a socket pair, so that what is called its output goes both ways.
  const mux = openMux(child.stdout as unknown as Duplex, { odd: true })
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', () => resolve(words))
    // The pause process that it may have started must not keep its streams open.
    child.once('exit', () => setTimeout(() => resolve(words), 200))
  })
  void ended.then(() => mux.close())
  return { child, mux, ended }
}

async function endHalf(half: EngineHalf | undefined): Promise<void> {
  if (half === undefined) return
  half.mux.close()
  const killer = setTimeout(() => half.child.kill('SIGKILL'), grace)
  await half.ended
  clearTimeout(killer)
}

function lastLine(words: string): string {
  const line = words.trim().split('\n').at(-1) ?? ''
  return line.replace(/^Error: /, '') || 'it ended without a word.'
}
