import type { CallOptions } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import type { SelfWriting } from '../../../lib/files/self-writing.ts'
import { type TarInput, writeTar, writeTarFile } from '../../../lib/tar/index.ts'
import type { Context } from '../../context.ts'
import { withSharedLock } from '../store/image-store.ts'
import { dockerArchive } from './save-docker.ts'
import { dockerFolder, ociLayout } from './save-folder.ts'
import { withSteps } from './save-steps.ts'
import { imagesToSave, type SavedImage } from './saved-image.ts'

export interface SaveChoice {
  references: readonly string[]
  additionalTags?: readonly string[]
  format: 'docker-archive' | 'oci-archive' | 'oci-dir' | 'docker-dir'
  /** For docker-dir: compresses plain layers. */
  compress: boolean
  /** For the OCI formats: leaves plain layers as they are. */
  acceptUncompressed: boolean
}

/**
 * Images as an archive, or as the tar of a folder. All checks are done when it returns; nothing is read before the iteration
 * starts, and the images stay complete until it ends.
 * @throws ImageNotFound, NameAmbiguous, InvalidArgument, StoreCorrupt; from the iteration StoreCorrupt, Cancelled
 */
export function saveImages(context: Context, choice: SaveChoice, options: CallOptions = {}): SelfWriting {
  const images = imagesToSave(context, choice.references, choice.additionalTags)
  if (images.length === 0) throw new EngineError('InvalidArgument', 'Saving needs the name or id of at least one image.')
  if (choice.references.length > 1 && choice.format !== 'docker-archive')
    throw new EngineError(
      'InvalidArgument',
      `unsupported format "${choice.format}" for saving multiple images (only docker-archive)`,
    )
  if (choice.compress && choice.format !== 'docker-dir')
    throw new EngineError('InvalidArgument', "--compress can only be set when --format is 'docker-dir'")
  return {
    [Symbol.asyncIterator]: () =>
      archive(context, images, options, () => writeTar(withSteps(members(context, images, choice), options.step))),
    async writeInto(file) {
      const write = (): Promise<void> =>
        writeTarFile(withSteps(members(context, images, choice), options.step), file, options.signal)
      for await (const _ of archive(context, images, options, () => nothingBut(write)));
    },
  }
}

/** Runs `work` as an iteration without items. */
async function* nothingBut(work: () => Promise<void>): AsyncGenerator<Uint8Array, void, undefined> {
  yield* await work().then(() => [])
}

/** The output of `write`, with the shared lock held, and with progress. */
async function* archive(
  context: Context,
  images: SavedImage[],
  { signal, progress = () => {} }: CallOptions,
  write: () => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const over = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const kept = withSharedLock(
    context,
    () => {
      begun.resolve()
      return over.promise
    },
    signal,
  )
  kept.catch(begun.reject)
  try {
    await begun.promise
    for (const diffId of new Set(images.flatMap(({ record }) => record.facts.diffIds))) progress(`Copying blob ${diffId}`)
    for await (const piece of write()) {
      if (signal?.aborted) throw cancelled(signal)
      yield piece
    }
    for (const { record, tags } of images) {
      progress(`Copying config sha256:${record.id}`)
      context.emit({ type: 'image', status: 'save', id: record.id, name: tags[0] ?? record.id })
    }
    progress('Writing manifest to image destination')
  } catch (error) {
    throw signal?.aborted && !(error instanceof EngineError) ? cancelled(signal) : error
  } finally {
    over.resolve()
    await kept.catch(() => {})
  }
}

function cancelled({ reason }: AbortSignal): EngineError {
  return new EngineError('Cancelled', 'Saving was cancelled.', { cause: reason })
}

function members(context: Context, images: SavedImage[], choice: SaveChoice): AsyncIterable<TarInput> {
  const [first] = images as [SavedImage]
  if (choice.format === 'docker-archive') return dockerArchive(context, images)
  if (choice.format === 'docker-dir') return dockerFolder(context, first, { compress: choice.compress })
  return ociLayout(context, first, { compress: !choice.acceptUncompressed })
}
