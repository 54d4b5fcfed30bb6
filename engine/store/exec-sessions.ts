import { EngineError } from '../errors/index.ts'
import { containerNotFound } from './containers.ts'
import type { Database, Row } from './database.ts'
import type { ExecRecord, ExecState } from './records.ts'

/** Adds a session; inside a transaction. @throws `ContainerNotFound`. */
export function insertExecSession(database: Database, { id, container, config, state }: ExecRecord): void {
  if (!database.get('SELECT 1 FROM containers WHERE id = ?', container)) throw containerNotFound(container)
  database.run(
    'INSERT INTO exec_sessions (id, container, status, config, state) VALUES (?, ?, ?, ?, ?)',
    id,
    container,
    state.status,
    JSON.stringify(config),
    JSON.stringify(state),
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

/** The failure for a session nobody has, in podman's words. */
export function execNotFound(id: string): EngineError {
  return new EngineError('ExecNotFound', `no exec session with ID ${id} found: no such exec session`, { details: { id } })
}

/** A container's sessions. */
export function execSessionsOf(database: Database, container: string): ExecRecord[] {
  return database.all('SELECT * FROM exec_sessions WHERE container = ?', container).map(toExec)
}

/** Changes some of a session's state; inside a transaction. @throws `ExecNotFound`. */
export function updateExecState(database: Database, id: string, changes: Partial<ExecState>): ExecState {
  const row = database.get('SELECT state FROM exec_sessions WHERE id = ?', id)
  if (!row) throw execNotFound(id)
  const state = { ...(JSON.parse(String(row['state'])) as ExecState), ...changes }
  database.run('UPDATE exec_sessions SET status = ?, state = ? WHERE id = ?', state.status, JSON.stringify(state), id)
  return state
}

/** Forgets a session; inside a transaction. One that is gone is success. */
export function deleteExecSession(database: Database, id: string): void {
  database.run('DELETE FROM exec_sessions WHERE id = ?', id)
}

/** Forgets all sessions of a container; inside a transaction. */
export function deleteExecSessionsOf(database: Database, container: string): void {
  database.run('DELETE FROM exec_sessions WHERE container = ?', container)
}

function toExec(row: Row): ExecRecord {
  return {
    id: String(row['id']),
    container: String(row['container']),
    config: JSON.parse(String(row['config'])) as ExecRecord['config'],
    state: JSON.parse(String(row['state'])) as ExecState,
  }
}
