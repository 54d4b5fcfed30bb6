import type { CallOptions } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { type ArchiveContent, hostPlatform, type ImageSource, openArchiveFile } from '../../../image/index.ts'
import type { Context } from '../../context.ts'
import { fetchImage } from '../pulls/fetch.ts'
import { reportToCaller } from '../pulls/pull-progress.ts'
import { archivedImages, notAnArchive } from './contents.ts'

/**
 * Loads all images of an archive into the store, with their names.
 * @param content an uncompressed archive; taken over.
 * @param name what messages call it.
 * @returns podman's output: each name, and `sha256:ID` for an image without one. On failure the images loaded before stay.
 * @throws ArchiveInvalid, ManifestInvalid, DigestMismatch, SizeMismatch, LayerInvalid, TooLarge, DiskFull, Cancelled
 */
export async function loadArchive(
  context: Context,
  content: ArchiveContent,
  name: string,
  options: CallOptions = {},
): Promise<string[]> {
  const file = await openArchiveFile(content, name).catch((error: unknown) => {
    // Input without a tar header fails here.
    throw EngineError.is(error, 'ArchiveInvalid') ? notAnArchive(name, EngineError.from(error).message, error) : error
  })
  try {
    const loaded: string[] = []
    for (const image of archivedImages(file)) loaded.push(...(await loadImage(context, await image.open(), image.names, options)))
    if (loaded.length === 0) throw notAnArchive(name, 'it holds no image')
    return loaded
  } finally {
    file.close()
  }
}

/** Loads one image into the store. Closes the source. */
export async function loadImage(
  context: Context,
  source: ImageSource,
  names: readonly string[],
  options: CallOptions = {},
): Promise<string[]> {
  const { signal = new AbortController().signal } = options
  const progress = reportToCaller(options)
  progress.line('Getting image source signatures')
  try {
    const { id } = await fetchImage({
      context,
      source,
      names,
      wanted: hostPlatform(),
      platformNamed: false,
      progress,
      signal,
      event: 'loadfromarchive',
    })
    return names.length > 0 ? [...names] : [`sha256:${id}`]
  } finally {
    await source.close()
  }
}
