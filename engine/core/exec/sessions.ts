import {
  containerNotFound,
  deleteExecSession,
  type ExecRecord,
  type ExecState,
  findExecSession,
  insertExecSession,
  updateExecState,
} from '../../store/index.ts'
import type { Context } from '../context.ts'

/** Sessions that are stored nowhere, by their ids: known as long as the process that made them. */
const unstored = new WeakMap<object, Map<string, ExecRecord>>()

const unstoredOf = ({ database }: Context): Map<string, ExecRecord> | undefined => unstored.get(database)

/** Adds a session. @param isStored whether other processes are to know it. @throws `ContainerNotFound` */
export async function addSession(context: Context, record: ExecRecord, isStored: boolean): Promise<void> {
  const { database } = context
  if (isStored) return await database.transaction(() => insertExecSession(database, record))
  if (!database.get('SELECT 1 FROM containers WHERE id = ?', record.container)) throw containerNotFound(record.container)
  const sessions = unstoredOf(context) ?? new Map<string, ExecRecord>()
  unstored.set(database, sessions.set(record.id, record))
}

/** Finds a session by full id, or a stored one by the unique beginning of it. @throws `ExecNotFound`, `NameAmbiguous` */
export function findSession(context: Context, id: string): ExecRecord {
  return unstoredOf(context)?.get(id) ?? findExecSession(context.database, id)
}

/**
 * Changes some of a session's state, in one step.
 *
 * @param change gets the state before; without an answer nothing is changed.
 * @returns the state after, and whether it was changed.
 * @throws `ExecNotFound`, what `change` throws
 */
export async function changeSession(
  context: Context,
  id: string,
  change: (before: ExecState) => Partial<ExecState> | undefined,
): Promise<{ state: ExecState; changed: boolean }> {
  const sessions = unstoredOf(context)
  const own = sessions?.get(id)
  if (own) {
    const changes = change(own.state)
    const state = { ...own.state, ...changes }
    sessions!.set(id, { ...own, state })
    return { state, changed: changes !== undefined }
  }
  const { database } = context
  return await database.transaction(() => {
    const before = findExecSession(database, id).state
    const changes = change(before)
    return { state: changes ? updateExecState(database, id, changes) : before, changed: changes !== undefined }
  })
}

/** Forgets a session. One that is gone is success. */
export async function deleteSession(context: Context, id: string): Promise<void> {
  if (unstoredOf(context)?.delete(id)) return
  await context.database.transaction(() => deleteExecSession(context.database, id))
}
