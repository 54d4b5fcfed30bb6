import type { Output, Parsed } from '../../contract/index.ts'
import type { Context } from '../context.ts'
import { currentSession } from './session.ts'

/** Shows the state of a command in a container. */
export async function inspect(context: Context, { id }: Parsed<'exec.inspect'>): Promise<Output<'exec.inspect'>> {
  const { id: full, container, config, state } = await currentSession(context, id)
  const [entrypoint = '', ...rest] = config.command
  return {
    CanRemove: state.status === 'stopped',
    ContainerID: container,
    DetachKeys: config.detachKeys,
    ExitCode: state.exitCode,
    ID: full,
    OpenStderr: config.attachStderr,
    OpenStdin: config.attachStdin,
    OpenStdout: config.attachStdout,
    Running: state.status === 'running',
    Pid: state.pid,
    ProcessConfig: {
      arguments: rest.length === 0 ? null : rest,
      entrypoint,
      privileged: config.privileged,
      tty: config.terminal,
      user: config.user,
    },
  }
}
