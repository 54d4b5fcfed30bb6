import { usualDetachKeys } from '../../../spec/detach-keys.ts'
import type { Mapping } from '../mapping.ts'
import { given } from './given.ts'

/** Prepares a command; what is null was not given. */
export const createExec: Mapping<'docker.exec.create'> = async (engine, { name, body: { Cmd, Env, ...fields } }, options) => {
  const { AttachStdin, AttachStdout, AttachStderr, Tty, DetachKeys, User, WorkingDir, Privileged } = fields
  const keys = DetachKeys || (Tty ? usualDetachKeys : undefined)
  const body = given({ AttachStdin, AttachStdout, AttachStderr, Tty, DetachKeys: keys, User, WorkingDir, Privileged })
  return engine['exec.create']({ name, body: { ...body, Cmd: Cmd ?? null, Env: Env ?? null } }, options)
}

export const startExec: Mapping<'docker.exec.start'> = (engine, { id, body }, options) => {
  const { Detach, Tty, ConsoleSize, h = ConsoleSize?.[0], w = ConsoleSize?.[1] } = body
  return engine['exec.start']({ id, body: given({ Detach, Tty, h, w }) }, options)
}

export const inspectExec: Mapping<'docker.exec.inspect'> = async (engine, input, options) => {
  const session = await engine['exec.inspect'](input, options)
  // Docker has no exit code of a command that runs.
  return { ...session, ExitCode: session.Running ? null : session.ExitCode }
}

export const resizeExec: Mapping<'docker.exec.resize'> = (engine, input, options) => engine['exec.resize'](input, options)
