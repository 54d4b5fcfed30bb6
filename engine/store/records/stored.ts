import { hash } from 'node:crypto'
import { EngineError } from '../../errors/index.ts'
import type { Database, Row } from '../connection.ts'
import { artifactFormat } from './artifact.ts'
import { containerFormat } from './container.ts'
import { execFormat } from './exec-session.ts'
import { checkRecord, readColumn, type RecordFormat } from './format.ts'
import { imageFormat } from './image.ts'
import { podFormat } from './pod.ts'
import { volumeFormat } from './volume.ts'

/** All kinds of records that rows hold as JSON. */
export const recordFormats: readonly RecordFormat<unknown>[] = [
  containerFormat,
  podFormat,
  execFormat,
  volumeFormat,
  imageFormat,
  artifactFormat,
]

type Rows = Pick<Database, 'all' | 'run'>

/**
 * Brings every record of an earlier version up to date, so that reading one costs no more than today's; inside a transaction. One
 * that is damaged stays as it is: reading it says so.
 */
export function upgradeRecords(database: Rows): void {
  for (const format of recordFormats) {
    for (const row of database.all(`SELECT * FROM main.${format.table} WHERE version < ?`, format.version)) {
      try {
        writeRecord(database, format, row, checkRecord(format, row))
      } catch (error) {
        // A full disk, say, is not the record's fault.
        if (!EngineError.is(error, 'StoreCorrupt')) throw error
      }
    }
  }
}

/** A record with its row, or why it cannot be read. */
export interface CheckedRecord {
  format: RecordFormat<unknown>
  row: Row
  failure: unknown
}

interface Checked {
  version: string
  damaged: CheckedRecord[]
  /** Digests of the rows that are sound, by their keys: to check a row takes ten times as long as its digest. */
  sound: Map<string, string>
}

const checked = new WeakMap<Database, Checked>()

/**
 * The records that do not have the shape that they should. Every field is looked at, of records that are not as they were at the last
 * call.
 */
export function damagedRecords(database: Database): readonly CheckedRecord[] {
  const before = checked.get(database)
  // Taken before the rows: a change in between is then seen as one at the next call.
  const version = database.version()
  if (before?.version === version) return before.damaged
  const sound = new Map<string, string>()
  const damaged = recordFormats.flatMap((format) =>
    database.all(`SELECT * FROM main.${format.table}`).flatMap((row) => {
      const name = `${format.table} ${String(row[format.key])}`
      const digest = hash('sha1', [row['version'], ...format.columns.map((column) => row[column])].join('\n'))
      try {
        if (before?.sound.get(name) !== digest) checkRecord(format, row)
        sound.set(name, digest)
        return []
      } catch (failure) {
        return [{ format, row, failure }]
      }
    }),
  )
  checked.set(database, { version, damaged, sound })
  return damaged
}

/**
 * One JSON column of a record, for changing it inside a transaction. A record of an earlier version is first brought up to date in
 * the database, since its other columns must be of the version that the row then says.
 *
 * @returns undefined if there is no such record.
 * @throws EngineError `StoreCorrupt`, `StoreUnsuitable`.
 */
export function columnToChange<T, C extends keyof T & string>(
  database: Database,
  format: RecordFormat<T>,
  key: string,
  column: C,
): T[C] | undefined {
  const where = `FROM main.${format.table} WHERE ${format.key} = ?`
  const row = database.get(`SELECT ${format.labels}, ${column}, version ${where}`, key)
  if (!row) return undefined
  if (row['version'] === format.version) return readColumn(format, row, column)
  const whole = database.get(`SELECT * ${where}`, key) as Row
  const record = checkRecord(format, whole)
  writeRecord(database, format, whole, record)
  return record[column]
}

function writeRecord(database: Pick<Database, 'run'>, format: RecordFormat<unknown>, row: Row, record: unknown): void {
  const columns = record as Record<string, unknown>
  database.run(
    `UPDATE main.${format.table} SET ${format.columns.map((column) => `${column} = ?`).join(', ')}, version = ? WHERE ${format.key} = ?`,
    ...format.columns.map((column) => JSON.stringify(columns[column])),
    format.version,
    String(row[format.key]),
  )
}
