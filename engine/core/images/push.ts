import { EngineError } from '../../errors/index.ts'
import { namesOfImage } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { accessOf } from './transports/access-of.ts'
import type { Verb } from '../verb.ts'
import { compressionFor } from './copies/configured-compression.ts'
import { copyImage } from './copies/index.ts'
import { transferStream } from './copies/stream.ts'
import { findImage, type FoundImage } from './resolve/find.ts'
import { tagNames } from './resolve/names.ts'
import { checkPlace, hasTransport, openDestination, openSource } from './transports/index.ts'

/** Pushes an image to a registry, or writes it to another place. */
export const push: Verb<'image.push'> = async (context, input, options) => {
  const found = findImage(context.database, input.name)
  const { id } = found.record
  const destination = input.destination || ownName(context, input.name, found)
  const target = hasTransport(destination) ? destination : `docker://${destination}`
  const compression = await compressionFor(context, input, target)
  // Refused here rather than in the stream, where a status can no longer be given.
  await checkPlace(target, accessOf(input))
  return transferStream(options, input.quiet, 'The push was cancelled.', async (progress, signal) => {
    const access = accessOf(input, signal)
    const source = await openSource(context, `containers-storage:${found.name ?? id}`, access)
    try {
      const to = await openDestination(context, target, {
        ...access,
        compress: input.compress,
        ...fromOf(source),
        ...archiveTags(target, found),
      })
      const { digest } = await copyImage({
        ...input,
        ...compression,
        context,
        source,
        destination: to,
        progress,
        signal,
        images: 'system',
      })
      context.emit({ type: 'image', status: 'push', id, name: destination })
      return digest
    } finally {
      await source.close()
    }
  })
}

const fromOf = ({
  reference,
}: Awaited<ReturnType<typeof openSource>>): Pick<Parameters<typeof openDestination>[2] & object, 'from'> =>
  reference ? { from: () => reference } : {}

/** As podman: in a docker-archive an image keeps the name it was called by, beside the one that it gets there. */
function archiveTags(target: string, { name }: FoundImage): { additionalTags?: string[] } {
  return target.startsWith('docker-archive:') && name !== undefined && !name.includes('@') ? { additionalTags: [name] } : {}
}

/** The default destination of a push: the full form of the given name. */
function ownName(context: Context, called: string, { name, record }: FoundImage): string {
  // As podman has it, a short name that only this host knows is Docker Hub's elsewhere.
  if (name !== undefined) return name.startsWith('localhost/') && !called.startsWith('localhost/') ? called : name
  const names = tagNames(namesOfImage(context.database, record.id))
  if (names.length === 1) return names[0]!
  throw new EngineError(
    'InvalidArgument',
    names.length === 0
      ? `The image ${called} has no name: say where to push it to.`
      : `The image ${called} has several names: say where to push it to, such as ${names[0]}.`,
    { details: { name: called } },
  )
}
