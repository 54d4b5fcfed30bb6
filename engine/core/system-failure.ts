import { EngineError } from '../errors/index.ts'
import { diskFailure } from '../lib/disk-failure.ts'

/**
 * Any thrown value as an {@link EngineError}: a disk that is full, read-only or broken is named as such wherever it was met, the
 * rest is what {@link EngineError.from} makes of it.
 */
export function engineFailure(error: unknown): EngineError {
  return findDiskFailure(error) ?? EngineError.from(error)
}

function findDiskFailure(error: unknown): EngineError | undefined {
  if (error instanceof EngineError) return undefined
  if (error instanceof AggregateError) return error.errors.map(findDiskFailure).find((found) => found !== undefined)
  return diskFailure(error)
}
