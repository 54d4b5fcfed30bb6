import { readFileSync } from 'node:fs'

import { EngineError } from '../../errors/index.ts'
import { type Digest, hostPlatform, type ImageList, parseImageList, type Platform, selectPlatform } from '../../image/index.ts'
import { allImages, imageById, type ImageRecord, isManifestList, type ListRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { warnOfDamage } from '../damaged-records.ts'
import { findImage, type FoundImage } from '../images/resolve/find.ts'
import { imageBlobs } from '../images/store/image-store.ts'

/** The document of a list in the store. @throws StoreCorrupt, ManifestInvalid */
export function readList(context: Context, { id, facts }: ListRecord): ImageList {
  return parseImageList(
    listBytes(context, facts.manifest.digest),
    facts.manifest.mediaType,
    `The manifest list ${id.slice(0, 12)}`,
  )
}

/** The bytes of a list's document. @throws StoreCorrupt */
export function listBytes(context: Context, digest: string): Buffer {
  try {
    return readFileSync(imageBlobs(context).path(digest as Digest))
  } catch (cause) {
    throw new EngineError('StoreCorrupt', `The manifest list ${digest} is missing from the store: make it again.`, {
      details: { digest },
      cause,
    })
  }
}

/**
 * Finds an image as {@link findImage} does; where the name is a manifest list's, the image of it for a platform, by default this
 * machine's.
 * @throws ImageNotFound also when the list has no such image in the store, NameAmbiguous, StoreCorrupt
 */
export function findInstance(context: Context, nameOrId: string, wanted: Platform = hostPlatform()): FoundImage {
  const found = findImage(context.database, nameOrId)
  if (!isManifestList(found.record)) return found
  const record = instanceOf(context, found.record, wanted)
  if (record) return { ...found, record }
  const { architecture, os, variant = '' } = wanted
  throw new EngineError(
    'ImageNotFound',
    `no image found in image index for architecture "${architecture}", variant "${variant}", OS "${os}": image not known`,
    { details: { name: nameOrId } },
  )
}

/** The image in the store that a list has for a platform, if both the list and the store have one. */
function instanceOf(context: Context, record: ListRecord, wanted: Platform = hostPlatform()): ImageRecord | undefined {
  const { entries } = readList(context, record)
  let digest: Digest
  try {
    const index = { kind: 'index' as const, mediaType: record.facts.manifest.mediaType, manifests: entries }
    digest = selectPlatform(index, wanted, 'The list').digest
  } catch (error) {
    if (EngineError.is(error, 'ImagePlatformMissing')) return undefined
    throw error
  }
  return localImage(context, record.facts.list.instances[digest], digest)
}

/** The image in the store that an entry of a list means. */
function localImage(context: Context, source: string | undefined, digest: string): ImageRecord | undefined {
  const id = /^containers-storage:([0-9a-f]{64})$/.exec(source ?? '')?.[1]
  return (
    (id === undefined ? undefined : imageById(context.database, id)) ??
    allImages(context.database, warnOfDamage(context)).find(({ facts }) => facts.manifest.digest === digest && !facts.list)
  )
}
