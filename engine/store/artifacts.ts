import type { Database, Row } from './connection.ts'
import { artifactFormat, type ArtifactRecord } from './records/artifact.ts'
import { type OnDamaged, readRecord, readRows } from './records/format.ts'

/** Adds an artifact, or replaces the one of that name; inside a transaction. */
export function putArtifact(database: Database, { name, digest, added, blobs }: ArtifactRecord): void {
  database.run(
    `INSERT INTO artifacts (name, digest, added, blobs, version) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, blobs = excluded.blobs, version = excluded.version`,
    name,
    digest,
    added,
    JSON.stringify(blobs),
    artifactFormat.version,
  )
}

export function artifactByName(database: Database, name: string): ArtifactRecord | undefined {
  const row = database.get('SELECT * FROM artifacts WHERE name = ?', name)
  return row && toArtifact(row)
}

/** Artifacts whose digest begins so, without its algorithm; in the order they came. */
export function artifactsByDigest(database: Database, prefix: string, damaged?: OnDamaged): ArtifactRecord[] {
  return allArtifacts(database, damaged).filter(({ digest }) => digest.slice(digest.indexOf(':') + 1).startsWith(prefix))
}

/** All artifacts, in the order they came. @param damaged without it, one that cannot be read fails all. */
export function allArtifacts(database: Database, damaged?: OnDamaged): ArtifactRecord[] {
  return readRows(database.all('SELECT * FROM artifacts ORDER BY added, rowid'), toArtifact, damaged)
}

/** Removes an artifact; inside a transaction. Returns whether there was one. */
export function deleteArtifact(database: Database, name: string): boolean {
  return database.run('DELETE FROM artifacts WHERE name = ?', name) > 0
}

/** Digests of all blobs that artifacts need. */
export function blobsOfArtifacts(database: Database, damaged?: OnDamaged): string[] {
  return allArtifacts(database, damaged).flatMap(({ blobs }) => blobs)
}

function toArtifact(row: Row): ArtifactRecord {
  return {
    name: String(row['name']),
    digest: String(row['digest']),
    added: String(row['added']),
    ...readRecord(artifactFormat, row),
  }
}
