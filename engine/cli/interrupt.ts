import { addAbortSignal, type Readable } from 'node:stream'

import type { CallOptions } from '../contract/index.ts'

/** Aborted by the first Ctrl-C, SIGTERM or SIGHUP, so that what follows something ends in order. The second one kills. */
export function signalWhenInterrupted(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => controller.abort())
  return controller.signal
}

/** Has a call say on stderr what it does. */
export function telling(quiet: boolean): CallOptions {
  return quiet ? {} : { progress: (line) => process.stderr.write(`${line}\n`) }
}

/** How a call that may take long is made: it ends in order when it is interrupted, and says on stderr what it does. */
export function longCall(quiet: boolean): CallOptions & { signal: AbortSignal } {
  return { signal: signalWhenInterrupted(), ...telling(quiet) }
}

/** What a call reads ends with it, also while nothing comes. */
export function readUntil<S extends Readable>(stream: S, signal: AbortSignal): S {
  return addAbortSignal(signal, stream)
}
