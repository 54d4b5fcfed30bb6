import type { Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { isAlive } from '../../lib/process/process.ts'
import { deleteExecSession } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { currentSession, execPaths } from './session.ts'
import { removeTree } from '../../lib/files/remove-tree.ts'

/** Removes an exec session that has exited; with `Force` kills it first. */
export async function remove(context: Context, { id, body }: Parsed<'exec.remove'>): Promise<void> {
  const session = await currentSession(context, id)
  const { pid, pidStart, status } = session.state
  if (status === 'running') {
    if (!body.Force) {
      throw new EngineError(
        'ExecStateInvalid',
        `container ${session.container} exec session ${session.id} is still running; use force to end it: exec session state improper`,
        {
          details: { id: session.id },
        },
      )
    }
    if (pid > 0 && isAlive(pid, pidStart)) process.kill(pid, 'SIGKILL')
  }
  await context.database.transaction(() => deleteExecSession(context.database, session.id))
  await removeTree(execPaths(context, session.container, session.id).folder)
}
