import { accessSync, constants, mkdirSync, statfsSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'

import { EngineError } from '../errors/index.ts'
import { diskFailure } from '../lib/files/disk-failure.ts'
import type { Database } from './connection.ts'
import { migrations } from './migrations.ts'
import { upgradeRecords } from './records/stored.ts'
import { ensureReserve, releaseReserve } from './reserve.ts'

const busyTimeout = 30_000
const networkFileSystems = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x01021997, '9P'],
])

/**
 * Opens the database at `file`, making it and its folder (0700) where they are missing, and brings it up to date.
 *
 * @throws EngineError `StoreUnavailable`, `StoreUnsuitable` (on a network file system; made by a newer version), `StoreCorrupt`.
 */
export function openDatabase(file: string): Database {
  makeFolder(path.dirname(file))
  const connection = openConnection(file)
  ensureReserve(file)
  const statements = new Map<string, StatementSync>()
  const prepare = (sql: string): StatementSync => {
    const found = statements.get(sql) ?? connection.prepare(sql)
    statements.set(sql, found)
    return found
  }
  let changes = 0
  let open = true
  return {
    file,
    get: (sql, ...values) => named(file, () => prepare(sql).get(...values)),
    all: (sql, ...values) => named(file, () => prepare(sql).all(...values)),
    run: (sql, ...values) => {
      changes += 1
      return named(file, () => Number(prepare(sql).run(...values).changes))
    },
    version: () => `${String(prepare('PRAGMA data_version').get()?.['data_version'])}.${changes}`,
    transaction: (work) => transact(connection, file, work),
    temporary(definition, fill) {
      named(file, () => connection.exec(`${definition}; SAVEPOINT filling`))
      try {
        fill()
      } finally {
        named(file, () => connection.exec('RELEASE filling'))
      }
      statements.clear()
    },
    close() {
      if (!open) return
      open = false
      statements.clear()
      connection.close()
      ensureReserve(file)
    },
  }
}

/** On a full disk it is retried with the reserved space: otherwise nothing could be removed any more. */
async function transact<T>(connection: DatabaseSync, file: string, work: () => T): Promise<T> {
  try {
    return await transactOnce(connection, file, work)
  } catch (error) {
    if (!EngineError.is(error, 'DiskFull') || !releaseReserve(file)) throw error
    return await transactOnce(connection, file, work)
  }
}

async function transactOnce<T>(connection: DatabaseSync, file: string, work: () => T): Promise<T> {
  const deadline = Date.now() + busyTimeout
  for (let delay = 1; ; delay = Math.min(delay * 1.5, 30)) {
    try {
      connection.exec('BEGIN IMMEDIATE')
      break
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw translate(error, file)
    }
    await sleep(delay * (0.5 + Math.random()))
  }
  try {
    const result = work()
    connection.exec('COMMIT')
    return result
  } catch (error) {
    if (connection.isTransaction) connection.exec('ROLLBACK')
    throw translate(error, file)
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const network = networkFileSystems.get(statfsSync(folder).type >>> 0)
    if (network === undefined) return
    const message = `The store ${folder} is on a network file system (${network}), where neither the database nor overlay layers can live; set graphroot in storage.conf, or --root, to a folder on a local disk.`
    throw new EngineError('StoreUnsuitable', message, { details: { root: folder } })
  } catch (error) {
    if (error instanceof EngineError) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC') throw diskFull(folder, error)
    throw new EngineError('StoreUnavailable', `The store ${folder} cannot be made or read: ${(error as Error).message}.`, {
      details: { root: folder },
      cause: error,
    })
  }
}

function openConnection(file: string): DatabaseSync {
  try {
    return connect(file)
  } catch (error) {
    if (!EngineError.is(error, 'DiskFull') || !releaseReserve(file)) throw error
    return connect(file)
  }
}

function connect(file: string): DatabaseSync {
  let connection: DatabaseSync | undefined
  try {
    connection = new DatabaseSync(file, { timeout: 100, enableForeignKeyConstraints: true })
    prepareConnection(connection, file)
    return connection
  } catch (error) {
    connection?.close()
    throw translate(error, file)
  }
}

function prepareConnection(connection: DatabaseSync, file: string): void {
  // It reads the schema, as every first statement, and so finds what another process that is the last to close has locked.
  retryWhileBusy(() => connection.exec('PRAGMA synchronous = NORMAL'))
  const version = retryWhileBusy(() => userVersion(connection))
  if (version > migrations.length) {
    const message = `The store ${path.dirname(file)} was made by a newer version of berth; upgrade berth, or use another store with --root.`
    throw new EngineError('StoreUnsuitable', message, { details: { version, known: migrations.length } })
  }
  if (version === 0) retryWhileBusy(() => connection.exec('PRAGMA journal_mode = WAL'))
  if (version < migrations.length) retryWhileBusy(() => migrate(connection))
}

function migrate(connection: DatabaseSync): void {
  connection.exec('BEGIN IMMEDIATE')
  try {
    // Another process may have done it meanwhile.
    for (let done = userVersion(connection); done < migrations.length; done += 1) {
      connection.exec(migrations[done] as string)
      connection.exec(`PRAGMA user_version = ${done + 1}`)
    }
    upgradeRecords({
      all: (sql, ...values) => connection.prepare(sql).all(...values),
      run: (sql, ...values) => Number(connection.prepare(sql).run(...values).changes),
    })
    connection.exec('COMMIT')
  } catch (error) {
    if (connection.isTransaction) connection.exec('ROLLBACK')
    throw error
  }
}

function userVersion(connection: DatabaseSync): number {
  return Number(connection.prepare('PRAGMA user_version').get()?.['user_version'])
}

/** Only for an opening beside one that makes the store or the last one that closes it, which takes milliseconds of processor time. */
function retryWhileBusy<T>(work: () => T): T {
  const deadline = Date.now() + busyTimeout
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

function named<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw translate(error, file)
  }
}

// The primary result codes of SQLite (sqlite.org/rescode.html).
const codes = { busy: 5, locked: 6, readOnly: 8, io: 10, corrupt: 11, full: 13, cannotOpen: 14, notDatabase: 26 } as const

function primaryCode(error: unknown): number | undefined {
  const { errcode } = error as { errcode?: unknown }
  return typeof errcode === 'number' ? errcode & 0xff : undefined
}

function isBusy(error: unknown): boolean {
  const code = primaryCode(error)
  return code === codes.busy || code === codes.locked
}

function translate(error: unknown, file: string): unknown {
  const options = { details: { file }, cause: error }
  switch (primaryCode(error)) {
    case codes.busy:
    case codes.locked:
      return new EngineError('StoreBusy', `The store ${file} was locked by other processes for too long; try again.`, options)
    case codes.full:
      return diskFull(file, error)
    case codes.corrupt:
    case codes.notDatabase:
      return new EngineError(
        'StoreCorrupt',
        `The store ${file} is damaged; restore it from a backup, or move it away to start again.`,
        options,
      )
    case codes.io:
      // On a full disk SQLite often cannot even grow its shared memory, and reports only this.
      if (isFull(file)) return diskFull(file, error)
      return new EngineError(
        'StoreUnavailable',
        `The store ${file} cannot be read or written: ${(error as Error).message}.`,
        options,
      )
    case codes.cannotOpen:
    case codes.readOnly:
      if (isReadOnly(file))
        return diskFailure(Object.assign(new Error('', { cause: error }), { code: 'EROFS' }), path.dirname(file))
      return new EngineError(
        'StoreUnavailable',
        `The store ${file} cannot be read or written: ${(error as Error).message}.`,
        options,
      )
    default:
      return error
  }
}

function isReadOnly(file: string): boolean {
  try {
    accessSync(path.dirname(file), constants.W_OK)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EROFS'
  }
}

function isFull(file: string): boolean {
  try {
    return statfsSync(path.dirname(file)).bavail === 0
  } catch {
    return false
  }
}

function diskFull(place: string, cause: unknown): EngineError {
  return new EngineError(
    'DiskFull',
    `The disk that holds ${place} is full: remove images and containers that are not needed (berth system prune), or make room.`,
    { details: { path: place }, cause },
  )
}
