import { createReadStream, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../../../../errors/index.ts'
import { formatReference } from '../../../../image/index.ts'
import { processStartTime } from '../../../../lib/process/process.ts'
import { randomToken } from '../../../../lib/random-id.ts'
import type { Context } from '../../../context.ts'
import type { Destination, DestinationAccess } from '../access.ts'
import { dockerDaemon } from './docker-daemon.ts'
import { daemonReference } from './docker-daemon-source.ts'
import { openDockerArchiveDestination } from './docker-archive-destination.ts'

/**
 * A name at a docker daemon. The image is written to an archive beside the store, which the daemon loads on `commit`.
 * @throws ImageReferenceInvalid; `commit` throws EngineUnreachable, ProgramFailed
 */
export async function openDockerDaemonDestination(
  context: Context,
  rest: string,
  access: DestinationAccess,
): Promise<Destination> {
  const reference = daemonReference(rest)
  if (reference.digest !== undefined)
    throw new EngineError('ImageReferenceInvalid', `A docker daemon names images by tags, not by digests: ${rest}.`)
  const daemon = dockerDaemon(access)
  // The name identifies its process, so that it is removed once that has ended.
  const folder = join(context.root, 'staging', `${process.pid}-${processStartTime(process.pid) ?? '0'}-${randomToken()}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'image.tar')
  const archive = await openDockerArchiveDestination(context, `${path}:${formatReference(reference)}`, access).catch(
    (error: unknown) => {
      rmSync(folder, { recursive: true, force: true })
      throw error
    },
  )
  let ended = false
  return {
    ...archive,
    name: `docker-daemon:${formatReference(reference)}`,
    reference,
    async commit() {
      ended = true
      try {
        await archive.commit()
        requireLoaded(await daemon.post('/images/load?quiet=1', createReadStream(path)), daemon.host)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
    async discard() {
      if (!ended) await archive.discard()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A daemon that has started its response reports failures in the stream. @throws ProgramFailed */
function requireLoaded(answer: string, host: string): void {
  for (const line of answer.split('\n')) {
    const failure = /"error"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(line)?.[1]
    if (failure !== undefined)
      throw new EngineError('ProgramFailed', `The docker daemon at ${host} could not load the image: ${failure}.`)
  }
}
