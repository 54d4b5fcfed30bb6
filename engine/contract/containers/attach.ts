import * as v from 'valibot'

import { Integer, Nothing, Off, On } from '../fields.ts'
import { operation } from '../operation.ts'
import { path, withRef } from './container-ref.ts'

/** A container's terminal and standard streams. */
export const attachOperations = {
  'container.attach': operation({
    kind: 'duplex',
    method: 'POST',
    path: path('attach'),
    summary: "Connect to a container's terminal or standard streams; one that was not started yet is made ready",
    audit: { changes: ['stdin'] },
    input: withRef({
      detachKeys: v.optional(v.string()),
      logs: Off,
      stream: On,
      stdin: On,
      stdout: On,
      stderr: On,
    }),
    output: () => Nothing,
    foreign: { defaults: { detachKeys: 'ctrl-p,ctrl-q' } },
    upgrade: { terminal: { operation: 'container.inspect', field: 'name', at: 'Config.Tty' } },
    errors: ['ContainerNotFound', 'ContainerStateInvalid', 'MonitorFailed'],
  }),
  'container.resize': operation({
    kind: 'call',
    method: 'POST',
    path: path('resize'),
    summary: "Set the size of a container's terminal",
    audit: false,
    input: withRef({ h: v.optional(Integer, 0), w: v.optional(Integer, 0), running: Off }),
    output: () => Nothing,
    status: 200,
    errors: ['ContainerNotFound', 'ContainerStateInvalid'],
  }),
}
