import { EngineError } from '../errors/index.ts'
import { diskError } from '../image/index.ts'

/** A refused layer. `reason` ends the sentence. */
export function layerInvalid(reason: string): EngineError {
  return new EngineError('LayerInvalid', `The layer is not usable: ${reason}.`)
}

/** A failure to unpack a layer, with a message that names it. */
export function unpackFailure(error: unknown, diffId: string): unknown {
  const name = `layer ${diffId.slice(0, 19)}`
  if (EngineError.is(error, 'ArchiveInvalid')) {
    const reason = error.message.replace(/^The archive is damaged or unsafe: /, '')
    return new EngineError('LayerInvalid', `The ${name} is not usable: ${reason}`, { details: { diffId }, cause: error })
  }
  if (EngineError.is(error, 'LayerInvalid')) {
    return new EngineError('LayerInvalid', error.message.replace(/^The layer/, `The ${name}`), {
      details: { diffId },
      cause: error,
    })
  }
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENAMETOOLONG' || code === 'ELOOP') {
    return new EngineError('LayerInvalid', `The ${name} is not usable: it holds a path that is too long for this store.`, {
      details: { diffId },
      cause: error,
    })
  }
  return diskError(error)
}

/** An owner that this user namespace has no id for. */
export function idUnmapped(uid: number, gid: number, cause: unknown): EngineError {
  return new EngineError(
    'SubidMissing',
    `The image holds files of uid ${uid} and gid ${gid}, which your range of subordinate ids does not reach: an administrator can extend it in /etc/subuid and /etc/subgid (usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER), then stop your containers and log in again.`,
    { details: { uid, gid }, cause },
  )
}
