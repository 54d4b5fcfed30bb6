import * as v from 'valibot'

import { listOrNull, Name, Nothing } from '../fields.ts'
import { dockerOperation } from './docker-operation.ts'
import { Count } from './parameters.ts'

const MaybeText = v.optional(v.nullable(v.string()))
const MaybeFlag = v.optional(v.nullable(v.boolean()))

/** Commands in a running container. */
export const dockerExecOperations = {
  'docker.exec.create': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: '/containers/{name}/exec',
    summary: 'Prepare a command to run in a running container',
    input: v.object({ name: Name }),
    body: v.looseObject({
      AttachStdin: MaybeFlag,
      AttachStdout: MaybeFlag,
      AttachStderr: MaybeFlag,
      Tty: MaybeFlag,
      DetachKeys: MaybeText,
      Env: v.optional(listOrNull(v.string())),
      Cmd: v.optional(listOrNull(v.string())),
      User: MaybeText,
      WorkingDir: MaybeText,
      Privileged: MaybeFlag,
    }),
    output: () => v.object({ Id: v.string() }),
    status: 201,
    errors: ['ContainerNotFound', 'ContainerStateInvalid', 'InvalidArgument'],
  }),
  'docker.exec.start': dockerOperation({
    kind: 'duplex',
    method: 'POST',
    path: '/exec/{id}/start',
    summary: 'Start a prepared command and connect to it',
    input: v.object({ id: Name }),
    body: v.looseObject({
      Detach: MaybeFlag,
      Tty: MaybeFlag,
      /** Rows and columns of the terminal; libpod has them as `h` and `w`. */
      ConsoleSize: v.optional(v.nullable(v.array(v.number()))),
      h: v.optional(v.nullable(v.number())),
      w: v.optional(v.nullable(v.number())),
    }),
    output: () => Nothing,
    upgrade: { terminal: { operation: 'exec.inspect', field: 'id', at: 'ProcessConfig.tty' }, detach: 'Detach' },
    errors: ['ExecNotFound', 'ExecStateInvalid', 'ContainerStateInvalid', 'CommandNotFound', 'CommandNotExecutable'],
  }),
  'docker.exec.inspect': dockerOperation({
    kind: 'call',
    method: 'GET',
    path: '/exec/{id}/json',
    summary: 'Show the state of a command in a container',
    input: v.object({ id: Name }),
    output: () => v.looseObject({ ID: v.string(), ContainerID: v.string(), Running: v.boolean(), Pid: v.number() }),
    errors: ['ExecNotFound'],
  }),
  'docker.exec.resize': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: '/exec/{id}/resize',
    summary: "Set the size of a command's terminal",
    input: v.object({ id: Name, h: Count, w: Count }),
    output: () => Nothing,
    status: 201,
    errors: ['ExecNotFound', 'ExecStateInvalid'],
  }),
}
