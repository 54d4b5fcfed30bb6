import * as v from 'valibot'

import { EngineError } from '../../errors/index.ts'
import type { Row } from '../connection.ts'

/** The JSON columns of a row, parsed. */
export type JsonColumns = Record<string, object>

/** Brings a record from one version to the next. It gets a copy of its own, which it may change. */
export type UpgradeStep = (record: JsonColumns) => JsonColumns

interface FormatDefinition<T> {
  /** For messages: `container`, `exec session`. */
  readonly noun: string
  readonly table: string
  /** The column that names a row. */
  readonly key: 'id' | 'name'
  /** The columns by which messages name it. */
  readonly labels: 'id' | 'name' | 'id, name'
  /** The columns that hold JSON. */
  readonly columns: readonly string[]
  /**
   * Today's shape. What was added later has a default; what was always there has none, since a record without it is damaged, and a
   * default could take a restriction away from a container.
   */
  readonly schema: v.GenericSchema<unknown, T>
  /**
   * The first step leads from version 1 to 2, and so on. Every change of the shape is a step, also one that a default alone deals
   * with. A step that was released is never changed.
   */
  readonly steps: readonly UpgradeStep[]
}

/** How one kind of record is kept in the database. */
export interface RecordFormat<T> extends FormatDefinition<T> {
  /** Today's version. Rows have 0 if they were written before rows had versions: their shape is that of version 1. */
  readonly version: number
}

export function recordFormat<T>(definition: FormatDefinition<T>): RecordFormat<T> {
  return { ...definition, version: definition.steps.length + 1 }
}

/**
 * The JSON columns of a row. A row of today's version was checked when it was written, so that only its syntax is looked at here:
 * lists read hundreds of rows. A row of an earlier version is brought up to date and checked in full.
 *
 * @throws EngineError `StoreCorrupt`, naming the record; `StoreUnsuitable` for one of a newer version.
 */
export function readRecord<T>(format: RecordFormat<T>, row: Row): T {
  if (row['version'] !== format.version) return checkRecord(format, row)
  return parseColumns(format, row) as T
}

/** Called with the failure of a record that cannot be read; the record is left out. */
export type OnDamaged = (failure: EngineError) => void

/** Reads many rows. Without `damaged` the first record that cannot be read fails all. @throws EngineError `StoreCorrupt`, `StoreUnsuitable`. */
export function readRows<T>(rows: readonly Row[], read: (row: Row) => T, damaged: OnDamaged | undefined): T[] {
  if (!damaged) return rows.map(read)
  const records: T[] = []
  for (const row of rows) {
    try {
      records.push(read(row))
    } catch (error) {
      if (!EngineError.is(error, 'StoreCorrupt')) throw error
      damaged(error)
    }
  }
  return records
}

/** One JSON column of a row that is of today's version. @throws EngineError `StoreCorrupt` */
export function readColumn<T, C extends keyof T & string>(format: RecordFormat<T>, row: Row, column: C): T[C] {
  return parseColumn(format, row, column) as T[C]
}

/**
 * As {@link readRecord}, with every field of it checked.
 *
 * @throws EngineError `StoreCorrupt`, `StoreUnsuitable`.
 */
export function checkRecord<T>(format: RecordFormat<T>, row: Row): T {
  const version = Number(row['version'] ?? 0)
  if (version > format.version) throw newerRecord(format, row, version)
  let record = parseColumns(format, row)
  try {
    for (const step of format.steps.slice(Math.max(version, 1) - 1)) record = step(record)
  } catch {
    throw damagedRecord(format, row, `it cannot be upgraded from version ${version}`)
  }
  const result = v.safeParse(format.schema, record, { abortEarly: true })
  if (result.success) return result.output
  const [issue] = result.issues
  // Never the value: it may be a secret of the container's.
  throw damagedRecord(format, row, `its ${v.getDotPath(issue) ?? 'content'} is not ${issue.expected ?? 'valid'}`)
}

/** How messages name the record of a row: `container web (0123456789ab)`. */
export function recordLabel({ noun }: Pick<RecordFormat<unknown>, 'noun'>, row: Row): string {
  const { id, name } = row
  const short = typeof id === 'string' ? id.slice(0, 12) : undefined
  if (typeof name !== 'string') return `${noun} ${short ?? ''}`
  return short === undefined ? `${noun} ${name}` : `${noun} ${name} (${short})`
}

function parseColumns<T>(format: RecordFormat<T>, row: Row): JsonColumns {
  const record: JsonColumns = {}
  for (const column of format.columns) record[column] = parseColumn(format, row, column)
  return record
}

function parseColumn<T>(format: RecordFormat<T>, row: Row, column: string): object {
  let value: unknown
  try {
    value = JSON.parse(String(row[column]))
  } catch {
    // The parser's own message quotes what it read.
    throw damagedRecord(format, row, `its ${column} is not JSON`)
  }
  if (typeof value !== 'object' || value === null) throw damagedRecord(format, row, `its ${column} is not an object`)
  return value
}

function damagedRecord<T>(format: RecordFormat<T>, row: Row, reason: string): EngineError {
  const record = recordLabel(format, row)
  return new EngineError('StoreCorrupt', `The record of ${record} is damaged (${reason}): run berth system check --repair.`, {
    details: { record, [format.key]: String(row[format.key]), reason },
  })
}

function newerRecord<T>(format: RecordFormat<T>, row: Row, version: number): EngineError {
  const record = recordLabel(format, row)
  return new EngineError(
    'StoreUnsuitable',
    `The record of ${record} was written by a newer version of berth (version ${version} of such records, this one knows ${format.version}): upgrade berth, and start what still runs of the older version again (log out and in, restart the service).`,
    { details: { record, [format.key]: String(row[format.key]), version, known: format.version } },
  )
}
