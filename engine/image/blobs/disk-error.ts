import { diskFailure } from '../../lib/files/disk-failure.ts'

/** A file system error with a clear message, if a user can do something about it. */
export function diskError(error: unknown, place?: string): unknown {
  return diskFailure(error, place) ?? error
}
