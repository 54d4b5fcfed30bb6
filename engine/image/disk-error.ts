import { diskFailure } from '../lib/disk-failure.ts'

/** A file system error in words where it is one that a person can do something about. */
export function diskError(error: unknown, place?: string): unknown {
  return diskFailure(error, place) ?? error
}
