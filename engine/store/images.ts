import { EngineError } from '../errors/index.ts'
import type { Database, Row } from './database.ts'
import type { ListFacts } from './manifest-lists.ts'

/** A blob an image consists of. */
export interface StoredDescriptor {
  mediaType: string
  digest: string
  /** Bytes. */
  size: number
}

/** What is kept of an image beside its blobs, so that lists need no file. */
export interface ImageFacts {
  os: string
  architecture: string
  variant: string
  labels: Record<string, string> | null
  /** The manifest's bytes are the blob of this digest. */
  manifest: StoredDescriptor
  config: StoredDescriptor
  /** Compressed, lowest first. */
  layers: StoredDescriptor[]
  /** Uncompressed, lowest first. */
  diffIds: string[]
  /** Chain ids, lowest first; the last one is what containers are mounted on. */
  chain: string[]
  /** The folder of the additional, read-only store that it is in; nothing for the store's own. */
  store?: string
  /** Every manifest and index digest the image was pulled by. */
  digests: string[]
  /** It is no image but a manifest list (store/manifest-lists.ts): `manifest` is its document, and there are no layers. */
  list?: ListFacts
}

export interface ImageRecord {
  /** 64 hexadecimal digits: the config's digest. */
  id: string
  /** When it came into the store, RFC 3339. */
  added: string
  /** When it was made, in seconds since 1970 (negative or 0 when it does not say). */
  created: number
  /** Bytes of its uncompressed layers, its manifest and its config. */
  size: number
  facts: ImageFacts
}

/** A name of an image: `registry/repository:tag` or `registry/repository@digest`. */
export interface ImageName {
  name: string
  image: string
  /** The digest it was pulled by: of the manifest, or of the index it came from. */
  digest: string
}

/** Adds an image or, if it is there, joins its digests; inside a transaction. */
export function putImage(database: Database, record: ImageRecord): void {
  const before = imageById(database, record.id)
  const digests = [...new Set([...record.facts.digests, ...(before?.facts.digests ?? [])])]
  database.run(
    `INSERT INTO main.images (id, added, created, size, facts) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET size = excluded.size, facts = excluded.facts`,
    record.id,
    record.added,
    record.created,
    record.size,
    JSON.stringify({ ...record.facts, digests }),
  )
}

export function imageById(database: Database, id: string): ImageRecord | undefined {
  const row = database.get('SELECT * FROM images WHERE id = ?', id)
  return row && toImage(row)
}

/** Makes sure that an image is still there; inside the transaction that begins to use it. @throws ImageNotFound */
export function requireImage(database: Database, id: string): void {
  if (database.get('SELECT 1 FROM images WHERE id = ?', id)) return
  throw new EngineError('ImageNotFound', `${id}: image not known: it was removed meanwhile`, { details: { id } })
}

/** Images whose id begins so; at most `limit`. */
export function imagesByPrefix(database: Database, prefix: string, limit = 2): ImageRecord[] {
  if (!/^[0-9a-f]{1,64}$/.test(prefix)) return []
  return database.all('SELECT * FROM images WHERE id >= ? AND id < ? LIMIT ?', prefix, `${prefix}g`, limit).map(toImage)
}

/** All images, newest first; those of one age in the order in which they came. */
export function allImages(database: Database): ImageRecord[] {
  return database.all('SELECT * FROM images ORDER BY created DESC, added, id').map(toImage)
}

/** Removes an image and its names; inside a transaction. Its containers are the caller's concern. */
export function deleteImage(database: Database, id: string): void {
  database.run('DELETE FROM main.images WHERE id = ?', id)
}

/**
 * Gives an image a name, taking it from another one if need be; inside a transaction. It is the image's newest name then, also when
 * it had it before. Answers whom it was taken from.
 */
export function putImageName(database: Database, { name, image, digest }: ImageName): string | undefined {
  const before = imageName(database, name)
  if (imageById(database, image)?.facts.store !== undefined) throw storeReadOnly(image)
  if (before && before.image !== image) deleteImageName(database, name)
  database.run(
    `INSERT INTO main.image_names (name, image, digest, given)
     VALUES (?1, ?2, ?3, (SELECT coalesce(max(given), 0) + 1 FROM main.image_names WHERE image = ?2))
     ON CONFLICT (name) DO UPDATE SET image = excluded.image, digest = excluded.digest, given = excluded.given`,
    name,
    image,
    digest,
  )
  database.run('INSERT OR IGNORE INTO main.image_name_history (image, name) VALUES (?, ?)', image, name)
  return before && before.image !== image ? before.image : undefined
}

export function imageName(database: Database, name: string): ImageName | undefined {
  const row = database.get('SELECT * FROM image_names WHERE name = ?', name)
  return row && toName(row)
}

/** What says that an image of an additional store is not changed. */
export function storeReadOnly(id: string): EngineError {
  return new EngineError(
    'StoreReadOnly',
    `image ${id.slice(0, 12)} is in an additional image store, which is read-only: pull it to have it in the store`,
    { details: { id } },
  )
}

/** Takes a name away; inside a transaction. Answers whether there was one. */
export function deleteImageName(database: Database, name: string): boolean {
  database.run(
    `UPDATE main.image_name_history SET taken = 1 +
       (SELECT max(taken) FROM main.image_name_history AS others WHERE others.image = image_name_history.image)
     WHERE name = ?1 AND image = (SELECT image FROM main.image_names WHERE name = ?1)`,
    name,
  )
  return database.run('DELETE FROM main.image_names WHERE name = ?', name) > 0
}

/** An image's names, newest first: as podman has them. */
export function namesOfImage(database: Database, id: string): ImageName[] {
  return database.all('SELECT * FROM image_names WHERE image = ? ORDER BY given DESC, name', id).map(toName)
}

/** As podman has it: names that the image has, oldest first, then those that it had. */
const historyOrder = `
  SELECT h.image, h.name FROM image_name_history AS h LEFT JOIN image_names AS n ON n.name = h.name AND n.image = h.image`

/** Names an image has, oldest first, and then those it had. */
export function nameHistory(database: Database, id: string): string[] {
  const rows = database.all(`${historyOrder} WHERE h.image = ? ORDER BY n.name IS NULL, n.given, h.taken DESC, h.name`, id)
  return rows.map((row) => String(row['name']))
}

/** As {@link nameHistory}, of each image. */
export function allNameHistory(database: Database): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const row of database.all(`${historyOrder} ORDER BY n.name IS NULL, n.given, h.taken DESC, h.name`)) {
    const names = found.get(String(row['image']))
    if (names) names.push(String(row['name']))
    else found.set(String(row['image']), [String(row['name'])])
  }
  return found
}

/** Every name of every image; those of one image newest first. */
export function allImageNames(database: Database): ImageName[] {
  return database.all('SELECT * FROM image_names ORDER BY image, given DESC, name').map(toName)
}

/** Names that end so, those of the image that came first before others: the order in which podman looks. */
export function imageNamesEnding(database: Database, ending: string): ImageName[] {
  const rows = database.all(
    `SELECT n.* FROM image_names AS n JOIN images AS i ON i.id = n.image WHERE substr(n.name, -length(?1)) = ?1
     ORDER BY i.added, i.id, n.given DESC, n.name`,
    ending,
  )
  return rows.map(toName)
}

/** How many containers each image has; images without are left out. */
export function containersByImage(database: Database): Map<string, number> {
  const rows = database.all('SELECT image, count(*) AS number FROM containers WHERE image IS NOT NULL GROUP BY image')
  return new Map(rows.map((row) => [String(row['image']), Number(row['number'])]))
}

function toImage(row: Row): ImageRecord {
  return {
    id: String(row['id']),
    added: String(row['added']),
    created: Number(row['created']),
    size: Number(row['size']),
    facts: JSON.parse(String(row['facts'])) as ImageFacts,
  }
}

function toName(row: Row): ImageName {
  return { name: String(row['name']), image: String(row['image']), digest: String(row['digest']) }
}
