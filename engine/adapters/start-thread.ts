import { Worker } from 'node:worker_threads'

import type { ExitResult, ProgramStart, StartedProgram, StartProgram } from './start-program.ts'
import { threadScript } from '../lib/process/thread-script.ts'

export type ToStarter = { id: number; what: ProgramStart } | { kill: number }
export type FromStarter =
  | { id: number; pid: number }
  | { id: number; ending: ExitResult }
  | { id: number; failure: { message: string; code?: string } }

interface Waiting {
  started: PromiseWithResolvers<StartedProgram>
  ended: PromiseWithResolvers<ExitResult>
}

/** Starts programs from a thread of its own. The caller closes it, once none of them runs. */
export interface StartThread {
  /** Settles once it has started, or has failed to. */
  readonly ready: Promise<void>
  readonly start: StartProgram
  /** Idempotent. */
  close(): Promise<void>
}

/**
 * A thread that starts programs, for processes that serve others: a forking thread blocks until the program has started, on a busy
 * host for tens of milliseconds. `undefined` if its script is missing.
 */
export function openStartThread(): StartThread | undefined {
  const script = threadScript('start-worker', import.meta.url)
  if (script === undefined) return undefined
  const waiting = new Map<number, Waiting>()
  let next = 0
  const worker = new Worker(script, { stdin: false, trackUnmanagedFds: false, resourceLimits: { maxYoungGenerationSizeMb: 1 } })
  const fail = (error: Error): void => {
    for (const { started, ended } of waiting.values()) {
      started.reject(error)
      ended.resolve({ code: null, stderr: error.message })
    }
    waiting.clear()
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows, this is a thread
  const send = (message: ToStarter): void => worker.postMessage(message)
  worker.on('error', fail).on('exit', () => fail(new Error('the thread that starts programs has ended')))
  worker.on('message', (message: FromStarter) => take(waiting, message, (kill) => send({ kill })))
  return {
    ready: begun(worker),
    start(what) {
      const id = next++
      const one: Waiting = { started: Promise.withResolvers(), ended: Promise.withResolvers() }
      waiting.set(id, one)
      send({ id, what })
      return one.started.promise
    },
    close: async () => void (await worker.terminate()),
  }
}

/** Settles once a thread's program has started or failed to. */
export function begun(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ['online', 'error', 'exit']) worker.once(event, () => resolve())
  })
}

function take(waiting: Map<number, Waiting>, message: FromStarter, kill: (id: number) => void): void {
  const one = waiting.get(message.id)
  if (!one) return
  if ('pid' in message) {
    const { id, pid } = message
    one.started.resolve({ pid, ended: one.ended.promise, kill: () => kill(id) })
    return
  }
  waiting.delete(message.id)
  if ('ending' in message) one.ended.resolve(message.ending)
  else one.started.reject(Object.assign(new Error(message.failure.message), { code: message.failure.code }))
}
