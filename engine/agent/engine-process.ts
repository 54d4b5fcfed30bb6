import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { EngineError } from '../errors/index.ts'
import type { EngineAccess } from './engine-access.ts'
import { connectToHalf } from './half-connection.ts'
import { endHalf, type EngineHalf, startHalf } from './half-process.ts'

/** Delay between restarts of an engine that keeps exiting, milliseconds. */
const restartPause = 1_000

/**
 * The engine in a process of its own, within the user's user and mount namespace, over the socket that it listens on. It is started
 * immediately, and again with the next connection after it has ended.
 */
export function openEngineProcess(): EngineAccess {
  let running: Promise<EngineHalf> | undefined
  let half: EngineHalf | undefined
  let lastStart = 0
  let closing = false
  const forget = (): void => {
    running = undefined
  }
  const start = async (): Promise<EngineHalf> => {
    await sleep(Math.max(0, lastStart + restartPause - Date.now()))
    if (closing) refuse('The session is ending.')
    lastStart = Date.now()
    half = startHalf()
    void half.ended.then(forget)
    await half.listening
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
    // Reported to the first caller.
  })
  const connect = async (): Promise<Socket | undefined> => {
    if (closing) refuse('The session is ending.')
    const found = await engine()
    const socket = await connectToHalf(await found.listening)
    // It has just ended, or its socket was removed.
    if (socket === undefined) await endHalf(found, AbortSignal.abort())
    return socket
  }
  return {
    connect: async () => (await connect()) ?? (await connect()) ?? refuse('The engine’s process has ended; try again.'),
    close: async (now) => {
      closing = true
      await endHalf(half, now)
    },
  }
}

function refuse(reason: string): never {
  throw new EngineError('EngineUnreachable', reason)
}
