import { addListEntry, type Digest, formatImageList, type ImageList, limits, parseAnyManifest } from '../../image/index.ts'
import { imageById, isManifestList, type ListFacts, type ListRecord, putManifestList, timestamp } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { imageBlobs, withSharedLock } from '../images/store/image-store.ts'
import { findList } from './find.ts'
import { readList } from './instance.ts'
import type { Member } from './member.ts'

/** Marks manifests created for lists: its blobs are in the store, and no image has them. */
export const onlyHere = 'containers-storage:'

/** A list while it is changed. */
export interface Draft {
  list: ImageList
  facts: ListFacts
}

/** A list without anything in it. */
export function emptyDraft(): Draft {
  return { list: { entries: [] }, facts: { instances: {}, files: {}, blobs: [] } }
}

/**
 * Changes a list of the store while nobody else does; if `change` fails it stays as it was.
 * @returns its id and what `change` gave.
 */
export async function changeList<T>(
  context: Context,
  name: string,
  change: (draft: Draft) => Promise<T> | T,
): Promise<{ id: string; result: T }> {
  const { id } = findList(context, name)
  return context.lock('image', id, async () => {
    const record = findList(context, id)
    return withSharedLock(context, async () => {
      const draft: Draft = { list: readList(context, record), facts: structuredClone(record.facts.list) }
      const result = await change(draft)
      await saveList(context, record, draft)
      return { id, result }
    })
  })
}

/** Writes a list that `change` has finished. Inside {@link withSharedLock}. `finish` runs in the same transaction. */
export async function saveList(
  context: Context,
  { id }: Pick<ListRecord, 'id'>,
  { list, facts }: Draft,
  finish: (digest: string) => void = () => {},
): Promise<void> {
  const { bytes, mediaType } = formatImageList(list)
  const digest = imageBlobs(context).put(bytes)
  dropUnused({ list, facts })
  facts.blobs = await blobsOf(context, { list, facts })
  await context.database.transaction(() => {
    const before = imageById(context.database, id)
    const now = before && isManifestList(before) ? before.added : timestamp()
    putManifestList(context.database, { id, document: { mediaType, digest, size: bytes.length }, list: facts, now })
    finish(digest)
  })
}

/** Puts an image into a list. */
export function addMember(context: Context, { list, facts }: Draft, { entry, manifest, source }: Member): Digest {
  addListEntry(list, entry)
  imageBlobs(context).put(manifest)
  facts.instances[entry.digest] ??= source
  return entry.digest
}

/** Drops the data of entries that were removed. */
function dropUnused({ list, facts }: Draft): void {
  const present = new Set<string>(list.entries.map(({ digest }) => digest))
  for (const map of [facts.instances, facts.files] as Record<string, unknown>[])
    for (const digest of Object.keys(map)) if (!present.has(digest)) delete map[digest]
}

/** Blobs that a list needs: the manifests of its images, and all of artifacts that are nowhere else. */
async function blobsOf(context: Context, { list, facts }: Draft): Promise<string[]> {
  const blobs = imageBlobs(context)
  const needed = new Set<string>()
  for (const { digest, mediaType } of list.entries) {
    needed.add(digest)
    if (facts.instances[digest] !== onlyHere || !blobs.has(digest)) continue
    const manifest = parseAnyManifest(await blobs.read(digest, limits.manifestBytes), mediaType, `The manifest ${digest}`)
    if (manifest.kind === 'manifest') for (const part of [manifest.config, ...manifest.layers]) needed.add(part.digest)
  }
  return [...needed]
}
