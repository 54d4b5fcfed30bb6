import * as v from 'valibot'

import { Descriptor, Flag, Integer, listOrNull, Name, Nothing } from '../fields.ts'
import { operation } from '../operation.ts'
import { ContainerRef, path } from './container-ref.ts'

/** Commands in a running container. */
export const execOperations = {
  'exec.create': operation({
    kind: 'call',
    method: 'POST',
    path: path('exec'),
    summary: 'Prepare a command to run in a running container',
    audit: { kind: 'container', made: 'Id' },
    input: ContainerRef,
    body: v.looseObject({
      AttachStdin: v.optional(v.boolean()),
      AttachStdout: v.optional(v.boolean()),
      AttachStderr: v.optional(v.boolean()),
      Tty: v.optional(v.boolean()),
      Env: v.optional(listOrNull(v.string())),
      Cmd: listOrNull(v.string()),
      User: v.optional(v.string()),
      WorkingDir: v.optional(v.string()),
      Privileged: v.optional(v.boolean()),
      DetachKeys: v.optional(v.string()),
      /** Nothing of it is stored: it is faster, and known to this process alone. */
      NoSession: v.optional(v.boolean()),
    }),
    output: () => v.object({ Id: v.string() }),
    status: 201,
    errors: ['ContainerNotFound', 'ContainerStateInvalid', 'InvalidArgument'],
    statuses: { fields: { '*': 500 }, codes: { ContainerStateInvalid: 500, InvalidArgument: 500 } },
  }),
  'exec.start': operation({
    kind: 'duplex',
    method: 'POST',
    path: '/libpod/exec/{id}/start',
    summary: 'Start a prepared command and connect to it',
    input: v.object({ id: Name }),
    body: v.looseObject({
      Detach: v.optional(v.boolean()),
      Tty: v.optional(v.boolean()),
      h: v.optional(Integer),
      w: v.optional(Integer),
      /**
       * Ours, for terminals of a page: the command ends with this connection, however that ends, with SIGHUP and after a second SIGKILL for
       * all processes of its session; then it is forgotten. Otherwise it runs on, as podman's do.
       */
      EndOnDisconnect: v.optional(v.boolean()),
      /** Ours: descriptors of a command's caller, from 3 on, that the process gets under their numbers. */
      PreserveFd: v.optional(v.array(Descriptor)),
    }),
    output: () => Nothing,
    upgrade: { terminal: { operation: 'exec.inspect', field: 'id', at: 'ProcessConfig.tty' }, detach: 'Detach' },
    errors: [
      'ExecNotFound',
      'ExecStateInvalid',
      'ContainerStateInvalid',
      'CommandNotFound',
      'CommandNotExecutable',
      'InvalidArgument',
      'RuntimeFailed',
    ],
    statuses: { codes: { ExecStateInvalid: 500 } },
  }),
  'exec.inspect': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/exec/{id}/json',
    summary: 'Show the state of a command in a container',
    input: v.object({ id: Name }),
    output: () =>
      v.looseObject({
        ID: v.string(),
        ContainerID: v.string(),
        Running: v.boolean(),
        ExitCode: v.number(),
        Pid: v.number(),
        CanRemove: v.boolean(),
        DetachKeys: v.string(),
        OpenStderr: v.boolean(),
        OpenStdin: v.boolean(),
        OpenStdout: v.boolean(),
        ProcessConfig: v.object({
          arguments: listOrNull(v.string()),
          entrypoint: v.string(),
          privileged: v.boolean(),
          tty: v.boolean(),
          user: v.string(),
        }),
      }),
    errors: ['ExecNotFound'],
  }),
  'exec.resize': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/exec/{id}/resize',
    summary: "Set the size of a command's terminal",
    audit: false,
    input: v.object({ id: Name, h: v.optional(Integer, 0), w: v.optional(Integer, 0), running: v.optional(Flag) }),
    output: () => Nothing,
    status: 201,
    errors: ['ExecNotFound', 'ExecStateInvalid'],
    statuses: { codes: { ExecStateInvalid: 500 } },
  }),
  'exec.remove': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/exec/{id}/remove',
    summary: 'Forget a command that ended',
    audit: { changes: ['body.Force'] },
    input: v.object({ id: Name }),
    body: v.looseObject({ Force: v.optional(v.boolean()) }),
    output: () => Nothing,
    status: 200,
    errors: ['ExecNotFound', 'ExecStateInvalid'],
    statuses: { codes: { ExecStateInvalid: 500 } },
  }),
}
