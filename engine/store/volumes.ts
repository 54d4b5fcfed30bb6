import { EngineError } from '../errors/index.ts'
import type { Database, Row } from './database.ts'
import type { VolumeConfig, VolumeRecord } from './records.ts'

/** Adds a volume; inside a transaction. */
export function insertVolume(database: Database, { name, created, config }: VolumeRecord): void {
  database.run('INSERT INTO volumes (name, created, config) VALUES (?, ?, ?)', name, created, JSON.stringify(config))
}

export function volumeByName(database: Database, name: string): VolumeRecord | undefined {
  const row = database.get('SELECT * FROM volumes WHERE name = ?', name)
  return row && toVolume(row)
}

/** All volumes, oldest first. */
export function allVolumes(database: Database): VolumeRecord[] {
  return database.all('SELECT * FROM volumes ORDER BY created').map(toVolume)
}

/** Ids of the containers that mount a volume. */
export function volumeUsers(database: Database, name: string): string[] {
  return database.all('SELECT container FROM container_volumes WHERE volume = ?', name).map((row) => String(row['container']))
}

/** Changes some of a volume's configuration; inside a transaction. @throws `VolumeNotFound`. */
export function updateVolume(database: Database, name: string, changes: Partial<VolumeConfig>): void {
  const volume = volumeByName(database, name)
  if (!volume)
    throw new EngineError('VolumeNotFound', `no volume with name "${name}" found: no such volume`, { details: { name } })
  database.run('UPDATE volumes SET config = ? WHERE name = ?', JSON.stringify({ ...volume.config, ...changes }), name)
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
  return { name: String(row['name']), created: String(row['created']), config: JSON.parse(String(row['config'])) as VolumeConfig }
}
