import { EngineError } from '../../errors/index.ts'
import type { Verb } from '../verb.ts'
import { addedCompressions, compressionFor } from '../images/copies/configured-compression.ts'
import { copyImage } from '../images/copies/index.ts'
import { transferStream } from '../images/copies/stream.ts'
import { checkPlace, hasTransport, openDestination } from '../images/transports/index.ts'
import { accessOf } from '../images/transports/access-of.ts'
import { findList } from './find.ts'
import { openListSource } from './list-source.ts'

/** Pushes a list and, with `all`, its images; leaving the stream, or the signal, cancels. */
export const push: Verb<'manifest.push'> = async (context, input, options) => {
  const record = findList(context, input.name)
  const { destination } = input
  const target = hasTransport(destination) ? destination : `docker://${destination}`
  const compression = await compressionFor(context, input, target)
  const addCompression = await addedCompressions(context, input.addCompression)
  if (addCompression.length > 0 && !input.all)
    throw new EngineError(
      'InvalidArgument',
      'A compression can be added only to images that are pushed: leave out --all=false, or --add-compression.',
    )
  await checkPlace(target, accessOf(input))
  return transferStream(options, input.quiet, 'The push was cancelled.', async (progress, signal) => {
    const access = accessOf(input, signal)
    const source = await openListSource(context, record, access)
    try {
      const to = await openDestination(context, target, { ...access, from: () => source.reference })
      const images = input.all ? 'all' : 'index-only'
      const { digest } = await copyImage({
        ...input,
        ...compression,
        addCompression,
        format: input.format || undefined,
        context,
        source,
        destination: to,
        progress,
        signal,
        images,
      })
      context.emit({ type: 'image', status: 'push', id: record.id, name: destination.replace(/^docker:\/\//, '') })
      return digest
    } finally {
      await source.close()
    }
  })
}
