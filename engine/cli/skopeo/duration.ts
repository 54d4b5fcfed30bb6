import { inContext } from '../../spec/bad-value.ts'
import { parseDuration } from '../../spec/duration.ts'

/** The value of a flag that is a duration of Go's (`1m30s`), in milliseconds. @throws EngineError naming the flag, with Go's message */
export function milliseconds(given: string, flag: string): number {
  return inContext('invalid argument "{given}" for "--{flag}" flag', () => parseDuration(given), { given, flag }) / 1e6
}
