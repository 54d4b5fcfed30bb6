import { EngineError } from '../../../../errors/index.ts'
import {
  dockerArchiveSource,
  formatReference,
  type ImageSource,
  isDigest,
  openArchiveFile,
  parseReference,
  qualify,
  readDockerArchive,
  type Reference,
} from '../../../../image/index.ts'
import { fastInflate, plainBody } from '../../archive/plain.ts'
import type { Context } from '../../../context.ts'
import type { Access } from '../access.ts'
import { dockerDaemon } from './docker-daemon.ts'

/**
 * An image of a docker daemon: `NAME:TAG`, or its id (`sha256:…`). The daemon sends an archive, which is kept in an unlinked file
 * until the source is closed.
 * @throws ImageReferenceInvalid, EngineUnreachable, ImageUnknown, ProgramFailed, ArchiveInvalid, DiskFull, Cancelled
 */
export async function openDockerDaemonSource(context: Context, rest: string, access: Access): Promise<ImageSource> {
  const reference = isDigest(rest) ? undefined : daemonReference(rest)
  const wanted = reference === undefined ? rest : formatReference(reference)
  const answer = await dockerDaemon(access).get(`/images/${encodeURIComponent(wanted)}/get`)
  const what = `docker-daemon:${rest}`
  const file = await openArchiveFile(await plainBody(context, answer, access.signal), what)
  try {
    const [image, ...others] = readDockerArchive(file)
    if (!image || others.length > 0)
      throw new EngineError(
        'ArchiveInvalid',
        `The docker daemon gave ${others.length + (image ? 1 : 0)} images for ${rest} instead of one.`,
      )
    const source = await dockerArchiveSource(file, image, { name: what, ...fastInflate() })
    return { ...source, ...(reference ? { reference } : {}), close: () => file.close() }
  } catch (error) {
    file.close()
    throw error
  }
}

/** What `docker-daemon:` is followed by, in full: a tag, or a digest, has to be there. @throws ImageReferenceInvalid */
export function daemonReference(rest: string): Reference {
  const reference = qualify(parseReference(rest), 'docker.io')
  if (reference.tag !== undefined || reference.digest !== undefined) return reference
  throw new EngineError('ImageReferenceInvalid', `docker-daemon: reference ${rest} has neither a tag nor a digest`, {
    details: { reference: rest },
  })
}
