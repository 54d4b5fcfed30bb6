import { EngineError } from '../errors/index.ts'

/** A file system error in words where it is one that a person can do something about. */
export function diskError(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  return new EngineError(
    'DiskFull',
    'The disk that holds the store is full: remove images and containers that are not needed, or make room.',
    { cause: error },
  )
}
