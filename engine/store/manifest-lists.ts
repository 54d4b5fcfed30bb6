import type { Database } from './database.ts'
import { type ImageRecord, putImageName, type StoredDescriptor } from './images.ts'

/** What is kept of a manifest list beside its document. */
export interface ListFacts {
  /** Where the image of each entry is, by its manifest's digest: `containers-storage:ID`, `docker://NAME`, `oci:PATH` … */
  instances: Record<string, string>
  /** The files an entry was made from, by its manifest's digest; for people. */
  files: Record<string, string[]>
  /** Blobs that go when the list goes: manifests of its images, and all of artifacts made from files. */
  blobs: string[]
}

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
  const before = database.get('SELECT facts FROM images WHERE id = ?', id)
  const first = before && (JSON.parse(String(before['facts'])) as ImageRecord['facts']).digests.at(-1)
  const facts: ImageRecord['facts'] = {
    os: '',
    architecture: '',
    variant: '',
    labels: null,
    manifest: document,
    // It has none; whoever looks for one finds the list.
    config: document,
    layers: [],
    diffIds: [],
    chain: [],
    digests: [...new Set([document.digest, first ?? document.digest])],
    list,
  }
  database.run(
    `INSERT INTO main.images (id, added, created, size, facts) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET size = excluded.size, facts = excluded.facts`,
    id,
    now,
    Math.floor(Date.parse(now) / 1000),
    document.size + JSON.stringify(list).length,
    JSON.stringify(facts),
  )
  // Oldest first: their order stays.
  for (const row of database.all('SELECT name FROM image_names WHERE image = ? ORDER BY given, name DESC', id))
    putImageName(database, { name: String(row['name']), image: id, digest: document.digest })
}

/** Digests of blobs that manifest lists need beside their documents. */
export function blobsOfManifestLists(database: Database): string[] {
  const rows = database.all(
    `SELECT json_extract(facts, '$.list.blobs') AS blobs FROM images WHERE json_type(facts, '$.list') = 'object'`,
  )
  return rows.flatMap(({ blobs }) => JSON.parse(String(blobs)) as string[])
}
