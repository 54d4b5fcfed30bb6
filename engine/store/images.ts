import { EngineError } from '../errors/index.ts'
import type { Database, Row } from './connection.ts'
import { type OnDamaged, readRecord, readRows } from './records/format.ts'
import { imageFormat, type ImageRecord } from './records/image.ts'

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
    `INSERT INTO main.images (id, added, created, size, facts, version) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET size = excluded.size, facts = excluded.facts, version = excluded.version`,
    record.id,
    record.added,
    record.created,
    record.size,
    JSON.stringify({ ...record.facts, digests }),
    imageFormat.version,
  )
}

export function imageById(database: Database, id: string): ImageRecord | undefined {
  const row = database.get('SELECT * FROM images WHERE id = ?', id)
  return row && toImage(row)
}

/** Whether there is an image with this full id, however damaged its record may be. */
export function hasImage(database: Database, id: string): boolean {
  return database.get('SELECT 1 FROM images WHERE id = ?', id) !== undefined
}

/** Makes sure that an image is still there; inside the transaction that begins to use it. @throws ImageNotFound */
export function requireImage(database: Database, id: string): void {
  if (hasImage(database, id)) return
  throw new EngineError('ImageNotFound', `${id}: image not known: it was removed meanwhile`, { details: { id } })
}

/** Images whose id begins so; at most `limit`. */
export function imagesByPrefix(database: Database, prefix: string, limit = 2): ImageRecord[] {
  if (!/^[0-9a-f]{1,64}$/.test(prefix)) return []
  return database.all('SELECT * FROM images WHERE id >= ? AND id < ? LIMIT ?', prefix, `${prefix}g`, limit).map(toImage)
}

/**
 * All images, newest first; those of one age in the order in which they came.
 *
 * @param damaged without it, one that cannot be read fails all: for callers that remove what they do not see used.
 * @throws EngineError `StoreCorrupt`, `StoreUnsuitable`.
 */
export function allImages(database: Database, damaged?: OnDamaged): ImageRecord[] {
  return readRows(database.all('SELECT * FROM images ORDER BY created DESC, added, id'), toImage, damaged)
}

/** Removes an image and its names; inside a transaction. Its containers are the caller's concern. */
export function deleteImage(database: Database, id: string): void {
  database.run('DELETE FROM main.images WHERE id = ?', id)
}

/**
 * Gives an image a name, taking it from another one if need be; inside a transaction. It is the image's newest name then, also when
 * it had it before. Returns whom it was taken from.
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

/** The error for changing an image of an additional store. */
export function storeReadOnly(id: string): EngineError {
  return new EngineError(
    'StoreReadOnly',
    `image ${id.slice(0, 12)} is in an additional image store, which is read-only: pull it to have it in the store`,
    { details: { id } },
  )
}

/** Removes a name; inside a transaction. Returns whether there was one. */
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

/** Whether a name that ends so begins otherwise. */
export function hasNameEndingElsewhere(database: Database, ending: string, beginning: string): boolean {
  const row = database.get(
    `SELECT 1 FROM image_names WHERE substr(name, -length(?1)) = ?1 AND substr(name, 1, length(?2)) <> ?2
     AND image IN (SELECT id FROM images) LIMIT 1`,
    ending,
    beginning,
  )
  return row !== undefined
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
    ...readRecord(imageFormat, row),
  }
}

function toName(row: Row): ImageName {
  return { name: String(row['name']), image: String(row['image']), digest: String(row['digest']) }
}
