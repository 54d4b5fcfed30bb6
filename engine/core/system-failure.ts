import { EngineError } from '../errors/index.ts'

/**
 * Any thrown value as an {@link EngineError}: a full disk or quota is named as such wherever it was met, the rest is what
 * {@link EngineError.from} makes of it.
 */
export function engineFailure(error: unknown): EngineError {
  const full = findFull(error)
  if (!full) return EngineError.from(error)
  const place = full.path === undefined ? 'the store' : full.path
  return new EngineError('DiskFull', `There is no space left on the disk that holds ${place}; free some and try again.`, {
    details: { path: full.path },
    cause: error,
  })
}

function findFull(error: unknown): NodeJS.ErrnoException | undefined {
  if (error instanceof EngineError) return undefined
  if (error instanceof AggregateError) return error.errors.map(findFull).find((found) => found !== undefined)
  const { code } = (error ?? {}) as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT' ? (error as NodeJS.ErrnoException) : undefined
}
