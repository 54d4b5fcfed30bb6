import { resize as resizeTerminal } from '../../adapters/conmon/index.ts'
import type { Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import type { Context } from '../context.ts'
import { currentSession, execPaths } from './session.ts'

/** Sets the size of a command's terminal. */
export async function resize(context: Context, { id, h, w }: Parsed<'exec.resize'>): Promise<void> {
  const session = await currentSession(context, id)
  if (session.state.status !== 'running') {
    throw new EngineError(
      'ExecStateInvalid',
      `cannot resize container ${session.container} exec session ${session.id} as it is not running: exec session state improper`,
      {
        details: { id: session.id },
      },
    )
  }
  resizeTerminal(execPaths(context, session.container, session.id).folder, h, w)
}

/** The size a command starts with. One that has ended already needs none. */
export function scheduleResize(folder: string, rows: number, columns: number): void {
  try {
    resizeTerminal(folder, rows, columns)
  } catch (error) {
    if (!EngineError.is(error, 'ContainerStateInvalid')) throw error
  }
}
