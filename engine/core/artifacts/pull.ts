import { collect } from '../images/collect.ts'
import { copyImage } from '../images/copy/index.ts'
import { transferStream } from '../images/copy/stream.ts'
import { whileKeeping } from '../images/store.ts'
import { checkPlace, openSource } from '../images/transports/index.ts'
import { accessOf } from '../images/transports/access-of.ts'
import type { Verb } from '../verbs.ts'
import { artifactDestination } from './artifact-destination.ts'
import { artifactName } from './find.ts'

/** Pulls an artifact; leaving the stream, or the signal, cancels. On failure only what can be taken up again stays. */
export const pull: Verb<'artifact.pull'> = async (context, input, options) => {
  const name = artifactName(input.name)
  await checkPlace(`docker://${name}`, accessOf(input))
  return transferStream(options, input.quiet, 'The pull was cancelled.', async (progress, signal) => {
    const source = await openSource(context, `docker://${name}`, accessOf(input, signal))
    try {
      const work = () =>
        copyImage({ context, source, destination: artifactDestination(context, name), progress, signal, images: 'system' })
      return (await whileKeeping(context, work, signal)).digest
    } catch (error) {
      await collect(context).catch((second: unknown) => context.log.warn(`after a failed pull: ${String(second)}`))
      throw error
    } finally {
      await source.close()
    }
  })
}
