import { deleteExecSession, oldExecSessions } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { currentSession, execPaths } from './session.ts'
import { removeTree } from '../../lib/files/remove-tree.ts'

/** Milliseconds that a session is known after its end: podman's exit_command_delay. */
const keptFor = 300_000

/**
 * Notes the end of a container's sessions that nobody waited for, and forgets those that ended long ago: a container that is asked for
 * years whether it is well would collect them.
 */
export async function pruneSessions(context: Context, container: string): Promise<void> {
  const { database } = context
  const { ended, running } = oldExecSessions(database, container, Date.now() - keptFor)
  for (const id of running) await currentSession(context, id).catch(() => {}) // removed by somebody else meanwhile
  if (ended.length === 0) return
  await database.transaction(() => {
    for (const id of ended) deleteExecSession(database, id)
  })
  for (const id of ended) await removeTree(execPaths(context, container, id).folder)
}
