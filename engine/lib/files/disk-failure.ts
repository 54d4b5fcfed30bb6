import { EngineError } from '../../errors/index.ts'

/**
 * A disk failure with a message that names the folder and the way out; `undefined` for other errors.
 * @param place what it holds, where the error itself does not say.
 */
export function diskFailure(error: unknown, place?: string): EngineError | undefined {
  const { code, path: at } = (error ?? {}) as NodeJS.ErrnoException
  const path = at ?? place
  const where = path ?? 'the store'
  // The code survives the way from another thread, which a cause does not.
  const options = { details: { errno: code, ...(path === undefined ? {} : { path }) }, cause: error }
  switch (code) {
    case 'ENOSPC':
      return new EngineError(
        'DiskFull',
        `The disk that holds ${where} is full: remove images and containers that are not needed (berth system prune), or make room.`,
        options,
      )
    case 'EDQUOT':
      return new EngineError(
        'DiskFull',
        `Your disk quota where ${where} is has been used up: remove images and containers that are not needed (berth system prune), or have an administrator raise it.`,
        options,
      )
    case 'EROFS':
      return new EngineError(
        'StoreUnavailable',
        `The disk that holds ${where} is mounted read-only: mount it writable, or choose another store with --root.`,
        options,
      )
    case 'EIO':
      return new EngineError(
        'StoreUnavailable',
        `The disk that holds ${where} fails (input/output error): look into the kernel's messages (dmesg), and check the store with berth system check once it works again.`,
        options,
      )
    default:
      return undefined
  }
}

/** The same failure with the folder it happened in, where it does not name one yet. */
export function failureIn(place: string, error: unknown): unknown {
  if (!EngineError.is(error, 'DiskFull', 'StoreUnavailable')) return diskFailure(error, place) ?? error
  const { errno, path } = error.details
  if (path !== undefined || errno === undefined) return error
  return diskFailure(Object.assign(new Error(error.message, { cause: error }), { code: errno }), place) ?? error
}
