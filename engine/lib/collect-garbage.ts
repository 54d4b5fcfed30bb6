import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

let collect: (() => void) | undefined

/**
 * Collects all garbage now, which blocks for some ten milliseconds.
 *
 * Not by a flag of the process: V8 takes code that was compiled beforehand only with the flags with which it was compiled, so that the
 * flag is set no longer than it takes to ask for the function.
 */
export function collectGarbage(): void {
  collect ??= collector()
  collect()
}

function collector(): () => void {
  setFlagsFromString('--expose-gc')
  try {
    return runInNewContext('gc') as () => void
  } finally {
    setFlagsFromString('--no-expose-gc')
  }
}
