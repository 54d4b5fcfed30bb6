import { EngineError } from '../errors/index.ts'
import type { Database, Row } from './connection.ts'
import { type OnDamaged, readRecord, readRows } from './records/format.ts'
import { columnToChange } from './records/stored.ts'
import { type VolumeConfig, volumeFormat, type VolumeRecord } from './records/volume.ts'

/** Adds a volume; inside a transaction. */
export function insertVolume(database: Database, { name, created, config }: VolumeRecord): void {
  database.run(
    'INSERT INTO volumes (name, created, config, version) VALUES (?, ?, ?, ?)',
    name,
    created,
    JSON.stringify(config),
    volumeFormat.version,
  )
}

export function volumeByName(database: Database, name: string): VolumeRecord | undefined {
  const row = database.get('SELECT * FROM volumes WHERE name = ?', name)
  return row && toVolume(row)
}

/** All volumes, oldest first. @param damaged without it, one that cannot be read fails all. */
export function allVolumes(database: Database, damaged?: OnDamaged): VolumeRecord[] {
  return readRows(database.all('SELECT * FROM volumes ORDER BY created'), toVolume, damaged)
}

/** Ids of the containers that mount a volume. */
export function volumeUsers(database: Database, name: string): string[] {
  return database.all('SELECT container FROM container_volumes WHERE volume = ?', name).map((row) => String(row['container']))
}

/** Changes some of a volume's configuration; inside a transaction. @throws `VolumeNotFound`. */
export function updateVolume(database: Database, name: string, changes: Partial<VolumeConfig>): void {
  const before = columnToChange(database, volumeFormat, name, 'config')
  if (!before)
    throw new EngineError('VolumeNotFound', `no volume with name "${name}" found: no such volume`, { details: { name } })
  database.run('UPDATE volumes SET config = ? WHERE name = ?', JSON.stringify({ ...before, ...changes }), name)
}

/** Removes a volume's row; inside a transaction. @throws `VolumeInUse`. */
export function deleteVolume(database: Database, name: string): void {
  const [user] = volumeUsers(database, name)
  if (user)
    throw new EngineError(
      'VolumeInUse',
      `volume ${name} is being used by the following container(s): ${user}: volume is being used`,
      { details: { name, container: user } },
    )
  database.run('DELETE FROM volumes WHERE name = ?', name)
}

function toVolume(row: Row): VolumeRecord {
  return { name: String(row['name']), created: String(row['created']), ...readRecord(volumeFormat, row) }
}
