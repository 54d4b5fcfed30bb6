import { EngineError } from '../errors/index.ts'
import { diskFailure } from '../lib/files/disk-failure.ts'

/**
 * Any thrown value as an {@link EngineError}: a full, read-only or broken disk is named as such, everything else is converted by
 * {@link EngineError.from}.
 */
export function engineFailure(error: unknown): EngineError {
  return findDiskFailure(error) ?? EngineError.from(error)
}

function findDiskFailure(error: unknown): EngineError | undefined {
  if (error instanceof EngineError) return undefined
  if (error instanceof AggregateError) return error.errors.map(findDiskFailure).find((found) => found !== undefined)
  return diskFailure(error)
}
