import { collect } from '../images/store/collect.ts'
import { copyImage } from '../images/copies/index.ts'
import { transferStream } from '../images/copies/stream.ts'
import { withSharedLock } from '../images/store/image-store.ts'
import { checkPlace, openSource } from '../images/transports/index.ts'
import { accessOf } from '../images/transports/access-of.ts'
import type { Verb } from '../verb.ts'
import { artifactDestination } from './artifact-destination.ts'
import { artifactName } from './find.ts'

/** Pulls an artifact; leaving the stream, or the signal, cancels. On failure only resumable partial blobs stay. */
export const pull: Verb<'artifact.pull'> = async (context, input, options) => {
  const name = artifactName(input.name)
  await checkPlace(`docker://${name}`, accessOf(input))
  return transferStream(options, input.quiet, 'The pull was cancelled.', async (progress, signal) => {
    const source = await openSource(context, `docker://${name}`, accessOf(input, signal))
    try {
      const work = () =>
        copyImage({ context, source, destination: artifactDestination(context, name), progress, signal, images: 'system' })
      return (await withSharedLock(context, work, signal)).digest
    } catch (error) {
      await collect(context).catch((second: unknown) => context.log.warn(`after a failed pull: ${String(second)}`))
      throw error
    } finally {
      await source.close()
    }
  })
}
