import { copyImage } from '../images/copies/index.ts'
import { transferStream } from '../images/copies/stream.ts'
import { withSharedLock } from '../images/store/image-store.ts'
import { checkPlace, openDestination } from '../images/transports/index.ts'
import { accessOf } from '../images/transports/access-of.ts'
import type { Verb } from '../verb.ts'
import { artifactSource } from './artifact-source.ts'
import { findArtifact } from './find.ts'

/** Pushes an artifact to its own name; leaving the stream, or the signal, cancels. */
export const push: Verb<'artifact.push'> = async (context, input, options) => {
  const record = findArtifact(context, input.name)
  const target = `docker://${record.name}`
  await checkPlace(target, accessOf(input))
  return transferStream(options, input.quiet, 'The push was cancelled.', (progress, signal) =>
    withSharedLock(
      context,
      async () => {
        const source = artifactSource(context, findArtifact(context, record.name))
        const destination = await openDestination(context, target, accessOf(input, signal))
        const { digest } = await copyImage({ ...input, context, source, destination, progress, signal, images: 'system' })
        return digest
      },
      signal,
    ),
  )
}
