import { EngineError } from '../errors/index.ts'
import { containerNotFound } from './containers.ts'
import type { Database, Row } from './connection.ts'
import { execFormat, type ExecRecord, type ExecState } from './records/exec-session.ts'
import { type OnDamaged, readRecord, readRows } from './records/format.ts'
import { columnToChange } from './records/stored.ts'

/** Adds a session; inside a transaction. @throws `ContainerNotFound`. */
export function insertExecSession(database: Database, { id, container, config, state }: ExecRecord): void {
  if (!database.get('SELECT 1 FROM containers WHERE id = ?', container)) throw containerNotFound(container)
  database.run(
    'INSERT INTO exec_sessions (id, container, status, config, state, version) VALUES (?, ?, ?, ?, ?, ?)',
    id,
    container,
    state.status,
    JSON.stringify(config),
    JSON.stringify(state),
    execFormat.version,
  )
}

/** Finds a session by full id or unique beginning of it. @throws EngineError `ExecNotFound`, `NameAmbiguous`. */
export function findExecSession(database: Database, id: string): ExecRecord {
  const rows = /^[0-9a-f]{1,64}$/.test(id)
    ? database.all('SELECT * FROM exec_sessions WHERE id >= ? AND id < ? LIMIT 2', id, `${id}g`)
    : []
  if (rows.length > 1)
    throw new EngineError('NameAmbiguous', `more than one result for exec session ID "${id}": exec session already exists`, {
      details: { id },
    })
  const [row] = rows
  if (!row) throw execNotFound(id)
  return toExec(row)
}

/** The error for an unknown session, with podman's message. */
export function execNotFound(id: string): EngineError {
  return new EngineError('ExecNotFound', `no exec session with ID ${id} found: no such exec session`, { details: { id } })
}

/** A container's sessions. @param damaged without it, one that cannot be read fails all. */
export function execSessionsOf(database: Database, container: string, damaged?: OnDamaged): ExecRecord[] {
  return readRows(database.all('SELECT * FROM exec_sessions WHERE container = ?', container), toExec, damaged)
}

/** Ids of a container's sessions that ended before a time, in milliseconds since 1970, and of those whose end is not noted. */
export function oldExecSessions(database: Database, container: string, before: number): { ended: string[]; running: string[] } {
  const ids = (condition: string, ...values: number[]) =>
    database
      .all(`SELECT id FROM exec_sessions WHERE container = ? AND ${condition}`, container, ...values)
      .map((row) => String(row['id']))
  return {
    ended: ids(`status = 'stopped' AND coalesce(json_extract(state, '$.endedAt'), 0) < ?`, before),
    running: ids(`status = 'running'`),
  }
}

/** Changes some of a session's state; inside a transaction. @throws `ExecNotFound`. */
export function updateExecState(database: Database, id: string, changes: Partial<ExecState>): ExecState {
  const before = columnToChange(database, execFormat, id, 'state')
  if (!before) throw execNotFound(id)
  const state = { ...before, ...changes }
  database.run('UPDATE exec_sessions SET status = ?, state = ? WHERE id = ?', state.status, JSON.stringify(state), id)
  return state
}

/** Removes a session; inside a transaction. One that is gone is success. */
export function deleteExecSession(database: Database, id: string): void {
  database.run('DELETE FROM exec_sessions WHERE id = ?', id)
}

/** Removes all sessions of a container; inside a transaction. */
export function deleteExecSessionsOf(database: Database, container: string): void {
  database.run('DELETE FROM exec_sessions WHERE container = ?', container)
}

function toExec(row: Row): ExecRecord {
  return {
    id: String(row['id']),
    container: String(row['container']),
    ...readRecord(execFormat, row),
  }
}
