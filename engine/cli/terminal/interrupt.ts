import { addAbortSignal, type Readable } from 'node:stream'

import type { CallOptions } from '../../contract/index.ts'
import { printError, stderr } from '../output/print.ts'
import { progressOn } from '../transfer/progress-lines.ts'

/** Aborted by the first Ctrl-C, SIGTERM or SIGHUP, so that commands that follow something end in order. The second one kills. */
export function signalWhenInterrupted(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => controller.abort())
  return controller.signal
}

/** Call options that print progress to stderr: lines, and on a terminal a bar for each blob. */
export function progressOptions(quiet: boolean): CallOptions {
  if (quiet) return {}
  if (!stderr().isTTY) return { progress: (line) => printError(`${line}\n`) }
  const shown = progressOn(stderr())
  return { progress: (line) => shown.text(line), step: (step) => shown.blob(step) }
}

/** Call options for a long call: it ends in order when interrupted, and prints progress to stderr. */
export function longCall(quiet: boolean): CallOptions & { signal: AbortSignal } {
  return { signal: signalWhenInterrupted(), ...progressOptions(quiet) }
}

/** A stream that a call reads ends with it, also while it is idle. */
export function readUntil<S extends Readable>(stream: S, signal: AbortSignal): S {
  return addAbortSignal(signal, stream)
}
