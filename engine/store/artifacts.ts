import type { Database, Row } from './database.ts'

/** An artifact of the store. Its manifest, config and files are blobs. */
export interface ArtifactRecord {
  /** As it was given, with a tag or digest: `quay.io/a/b:c`. */
  name: string
  /** Of its manifest. */
  digest: string
  /** When it came into the store, RFC 3339. */
  added: string
  /** All blobs it needs, the manifest among them. */
  blobs: string[]
}

/** Adds an artifact, or puts another one under the name; inside a transaction. */
export function putArtifact(database: Database, { name, digest, added, blobs }: ArtifactRecord): void {
  database.run(
    `INSERT INTO artifacts (name, digest, added, blobs) VALUES (?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, blobs = excluded.blobs`,
    name,
    digest,
    added,
    JSON.stringify(blobs),
  )
}

export function artifactByName(database: Database, name: string): ArtifactRecord | undefined {
  const row = database.get('SELECT * FROM artifacts WHERE name = ?', name)
  return row && toArtifact(row)
}

/** Artifacts whose digest begins so, without its algorithm; in the order they came. */
export function artifactsByDigest(database: Database, prefix: string): ArtifactRecord[] {
  return allArtifacts(database).filter(({ digest }) => digest.slice(digest.indexOf(':') + 1).startsWith(prefix))
}

/** All artifacts, in the order they came. */
export function allArtifacts(database: Database): ArtifactRecord[] {
  return database.all('SELECT * FROM artifacts ORDER BY added, rowid').map(toArtifact)
}

/** Takes an artifact away; inside a transaction. Answers whether there was one. */
export function deleteArtifact(database: Database, name: string): boolean {
  return database.run('DELETE FROM artifacts WHERE name = ?', name) > 0
}

/** Digests of all blobs that artifacts need. */
export function blobsOfArtifacts(database: Database): string[] {
  return allArtifacts(database).flatMap(({ blobs }) => blobs)
}

function toArtifact(row: Row): ArtifactRecord {
  return {
    name: String(row['name']),
    digest: String(row['digest']),
    added: String(row['added']),
    blobs: JSON.parse(String(row['blobs'])) as string[],
  }
}
