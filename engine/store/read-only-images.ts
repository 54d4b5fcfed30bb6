import type { Database } from './connection.ts'
import { imageFormat, type ImageRecord } from './records/image.ts'

/** An image of a store that is only read. */
export interface ReadOnlyImage {
  record: ImageRecord
  /** Newest first. */
  names: string[]
  /** Names it has or had, oldest first. */
  history: string[]
}

const tables = `
  CREATE TEMP TABLE IF NOT EXISTS other_images (id TEXT PRIMARY KEY, added TEXT, created INTEGER, size INTEGER, facts TEXT, version INTEGER);
  CREATE TEMP TABLE IF NOT EXISTS other_names (name TEXT PRIMARY KEY, image TEXT, digest TEXT, given INTEGER);
  CREATE TEMP TABLE IF NOT EXISTS other_history (image TEXT, name TEXT, taken INTEGER, PRIMARY KEY (image, name));
  CREATE TEMP VIEW IF NOT EXISTS images AS
    SELECT id, added, created, size, facts, version FROM main.images
    UNION ALL SELECT id, added, created, size, facts, version FROM temp.other_images WHERE id NOT IN (SELECT id FROM main.images);
  CREATE TEMP VIEW IF NOT EXISTS image_names AS
    SELECT name, image, digest, given FROM main.image_names
    UNION ALL SELECT name, image, digest, given FROM temp.other_names WHERE name NOT IN (SELECT name FROM main.image_names);
  CREATE TEMP VIEW IF NOT EXISTS image_name_history AS
    SELECT image, name, taken FROM main.image_name_history
    UNION ALL SELECT image, name, taken FROM temp.other_history AS other
      WHERE NOT EXISTS (SELECT 1 FROM main.image_name_history AS own WHERE own.image = other.image AND own.name = other.name);
`

/**
 * Lets images of read-only stores be seen beside the store's own, by this connection and for as long as it is open: an image or a
 * name of the store's own hides another's, and an earlier store's a later one's. Whatever writes names `main.images`.
 */
export function showReadOnlyImages(database: Database, images: readonly ReadOnlyImage[]): void {
  database.temporary(tables, () => {
    for (const table of ['other_images', 'other_names', 'other_history']) database.run(`DELETE FROM temp.${table}`)
    for (const { record, names, history } of images) {
      const { id, added, created, size, facts } = record
      const isNew = database.run(
        'INSERT OR IGNORE INTO temp.other_images (id, added, created, size, facts, version) VALUES (?, ?, ?, ?, ?, ?)',
        id,
        added,
        created,
        size,
        JSON.stringify(facts),
        imageFormat.version,
      )
      if (isNew === 0) continue
      for (const [i, name] of names.entries())
        database.run(
          'INSERT OR IGNORE INTO temp.other_names (name, image, digest, given) VALUES (?, ?, ?, ?)',
          name,
          id,
          facts.manifest.digest,
          names.length - i,
        )
      for (const [i, name] of history.entries())
        database.run(
          'INSERT OR IGNORE INTO temp.other_history (image, name, taken) VALUES (?, ?, ?)',
          id,
          name,
          history.length - i,
        )
    }
  })
}
