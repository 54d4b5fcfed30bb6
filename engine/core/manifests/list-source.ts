import { EngineError } from '../../errors/index.ts'
import { type Descriptor, type Digest, type ImageSource, limits, parseAnyManifest } from '../../image/index.ts'
import type { ListRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { imageBlobs } from '../images/store/image-store.ts'
import { type Access, openSource } from '../images/transports/index.ts'
import { readList } from './instance.ts'

/**
 * A list of the store with all that it lists: what is not in the store is read from where it was when it was added.
 * Its blobs stay until it is closed.
 * @throws StoreCorrupt; its methods throw ImageNotFound for an image that has gone, and what other transports throw
 */
export async function openListSource(context: Context, record: ListRecord, access: Access): Promise<ImageSource> {
  const { manifest, list } = record.facts
  const blobs = imageBlobs(context)
  const { entries } = readList(context, record)
  // Also keeps its blobs from being collected meanwhile.
  const own = await openSource(context, `containers-storage:${record.id}`, access)
  const opened = new Map<string, Promise<ImageSource>>()
  /** Where the blobs of a manifest, that are not here, are. */
  const places = new Map<Digest, string>()

  const elsewhere = (digest: Digest): Promise<ImageSource> => {
    const place = places.get(digest)
    if (place === undefined || place.startsWith('containers-storage:')) throw gone(record, place, digest)
    const found = opened.get(place) ?? openSource(context, place, access)
    opened.set(place, found)
    return found
  }
  return {
    name: own.name,
    ...(own.reference ? { reference: own.reference } : {}),
    async manifest(digest = manifest.digest as Digest) {
      if (!blobs.has(digest)) throw gone(record, list.instances[digest], digest)
      const bytes = await blobs.read(digest, limits.manifestBytes)
      const mediaType =
        digest === manifest.digest ? manifest.mediaType : (entries.find((entry) => entry.digest === digest)?.mediaType ?? '')
      const parsed = parseAnyManifest(bytes, mediaType, `The manifest ${digest} of ${own.name}`)
      if (parsed.kind === 'manifest')
        for (const part of [parsed.config, ...parsed.layers]) places.set(part.digest, list.instances[digest] ?? '')
      return { bytes, digest, mediaType }
    },
    async *blob(descriptor: Descriptor, offset = 0) {
      if (blobs.has(descriptor.digest)) yield* own.blob(descriptor, offset)
      else yield* (await elsewhere(descriptor.digest)).blob(descriptor, offset)
    },
    file: (descriptor) => own.file?.(descriptor),
    async close() {
      for (const each of opened.values()) await each.then((source) => source.close()).catch(() => {})
      await own.close()
    },
  }
}

function gone({ id }: ListRecord, place: string | undefined, digest: Digest): EngineError {
  const image = place?.startsWith('containers-storage:')
    ? place.slice('containers-storage:'.length, 'containers-storage:'.length + 12)
    : ''
  const what = image ? `the image ${image} that it lists` : `${digest} that it refers to`
  return new EngineError(
    'ImageNotFound',
    `reading the manifest list ${id.slice(0, 12)}: ${what} is not in the store any more: image not known: pull or build it again, or remove it from the list`,
    { details: { id, digest } },
  )
}
