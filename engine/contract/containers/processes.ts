import * as v from 'valibot'

import { Integer, Nothing, Time } from '../fields.ts'
import { operation } from '../operation.ts'
import { path, withRef } from './container-ref.ts'

/** One process of a container. Numbers are those inside the container. */
export const ContainerProcess = v.object({
  Pid: v.number(),
  /** 0 for a parent outside the container. */
  Parent: v.number(),
  User: v.string(),
  /** Share of one core in percent since the report before, or since the process began. */
  CPU: v.number(),
  /** Bytes in memory. */
  Memory: v.number(),
  Started: Time,
  /** The state's letter, proc_pid_stat(5). */
  State: v.string(),
  Command: v.string(),
})
export type ContainerProcess = v.InferOutput<typeof ContainerProcess>

/** The processes of a container, one by one. */
export const processOperations = {
  'container.processes': operation({
    kind: 'stream',
    method: 'GET',
    path: path('processes'),
    summary: 'Report the processes in a container at an interval, until it stops',
    input: withRef({
      /** Seconds between two reports. */
      interval: v.optional(v.pipe(Integer, v.minValue(1), v.maxValue(60)), 2),
    }),
    output: () => v.object({ Processes: v.array(ContainerProcess) }),
    firstByte: 'item',
    errors: ['ContainerNotFound', 'ContainerStateInvalid', 'InvalidArgument'],
    extension: true,
  }),
  'container.signalProcess': operation({
    kind: 'call',
    method: 'POST',
    path: path('processes/{pid}/kill'),
    summary: 'Send a signal to one process in a container, named by its number inside the container',
    input: withRef({ pid: v.pipe(Integer, v.minValue(1)), signal: v.optional(v.string(), 'SIGTERM') }),
    output: () => Nothing,
    errors: ['ContainerNotFound', 'ContainerStateInvalid', 'ProcessNotFound', 'InvalidArgument'],
    extension: true,
  }),
}
