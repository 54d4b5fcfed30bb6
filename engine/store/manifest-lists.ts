import type { Database } from './connection.ts'
import { allImages, imageById, putImageName } from './images.ts'
import type { OnDamaged } from './records/format.ts'
import { imageFormat, type ImageRecord, type ListFacts, type StoredDescriptor } from './records/image.ts'

/** A manifest list: a row among the images, so that names, tags and removal are the same for both. */
export type ListRecord = ImageRecord & { facts: { list: ListFacts } }

export interface ListDocument {
  id: string
  /** The index itself; its bytes are the blob of this digest. */
  document: StoredDescriptor
  list: ListFacts
  /** RFC 3339. */
  now: string
}

/** Whether a row of the images is a manifest list. */
export function isManifestList(record: ImageRecord): record is ListRecord {
  return record.facts.list !== undefined
}

/** Adds a list, or changes one; inside a transaction. It is known by its first and its present digest, as podman's are. */
export function putManifestList(database: Database, { id, document, list, now }: ListDocument): void {
  const first = imageById(database, id)?.facts.digests.at(-1)
  const facts: ImageRecord['facts'] = {
    os: '',
    architecture: '',
    variant: '',
    labels: null,
    manifest: document,
    // It has none; a search for one finds the list.
    config: document,
    layers: [],
    diffIds: [],
    chain: [],
    digests: [...new Set([document.digest, first ?? document.digest])],
    list,
  }
  database.run(
    `INSERT INTO main.images (id, added, created, size, facts, version) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET size = excluded.size, facts = excluded.facts, version = excluded.version`,
    id,
    now,
    Math.floor(Date.parse(now) / 1000),
    document.size + JSON.stringify(list).length,
    JSON.stringify(facts),
    imageFormat.version,
  )
  // Oldest first: their order stays.
  for (const row of database.all('SELECT name FROM image_names WHERE image = ? ORDER BY given, name DESC', id))
    putImageName(database, { name: String(row['name']), image: id, digest: document.digest })
}

/** Digests of blobs that manifest lists need beside their documents. */
export function blobsOfManifestLists(database: Database, damaged?: OnDamaged): string[] {
  return allImages(database, damaged).flatMap(({ facts }) => facts.list?.blobs ?? [])
}
