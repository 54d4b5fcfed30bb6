import type { Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { randomId } from '../../lib/random-id.ts'
import { parseDetachKeys } from '../../spec/detach-keys.ts'
import { type ExecConfig, findContainer } from '../../store/index.ts'
import { observe } from '../containers/lifecycle/observe.ts'
import { requirePermitted } from '../containers/lifecycle/transitions.ts'
import type { Context } from '../context.ts'
import { pruneSessions } from './prune.ts'
import { addSession } from './sessions.ts'

/** Prepares a command to run in a running container; nothing is started. */
export async function create(context: Context, { name, body }: Parsed<'exec.create'>): Promise<{ Id: string }> {
  const container = await observe(context, findContainer(context.database, name))
  requirePermitted('exec', container)
  const command = body.Cmd ?? []
  if (command.length === 0)
    throw new EngineError('InvalidArgument', 'must provide at least one argument to execute: invalid argument')
  if (body.DetachKeys) parseDetachKeys(body.DetachKeys)
  const config: ExecConfig = {
    command,
    env: body.Env ?? [],
    user: body.User || container.config.user,
    workdir: body.WorkingDir || container.config.workdir,
    terminal: body.Tty ?? false,
    privileged: body.Privileged ?? false,
    attachStdin: body.AttachStdin ?? false,
    attachStdout: body.AttachStdout ?? false,
    attachStderr: body.AttachStderr ?? false,
    detachKeys: body.DetachKeys ?? '',
  }
  const isStored = !body.NoSession
  if (isStored) await pruneSessions(context, container.id)
  const id = randomId()
  const state = {
    status: 'created' as const,
    pid: 0,
    pidStart: '',
    conmonPid: 0,
    conmonPidStart: '',
    exitCode: 0,
    bootId: '',
  }
  await addSession(context, { id, container: container.id, config, state }, isStored)
  return { Id: id }
}
