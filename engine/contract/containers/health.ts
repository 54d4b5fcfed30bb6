import * as v from 'valibot'

import { listOrNull, Off, Time } from '../fields.ts'
import { operation } from '../operation.ts'
import { path, withRef } from './container-ref.ts'

/** What one run of a health check found. */
const HealthResult = v.object({
  Start: Time,
  End: Time,
  /** 0, or 1 of a command that failed; -1 where it did not end in time. */
  ExitCode: v.number(),
  Output: v.string(),
})

/** A container's health: its state (of one check: what that found), the failures in a row, and the newest results, the oldest first. */
export const Health = v.object({ Status: v.string(), FailingStreak: v.number(), Log: listOrNull(HealthResult) })
export type Health = v.InferOutput<typeof Health>

/** Health checks of a container. */
export const healthOperations = {
  'container.healthcheck': operation({
    kind: 'call',
    method: 'GET',
    path: path('healthcheck'),
    summary: "Run a container's health check now, and do what its failure leads to",
    input: withRef({
      /** Ours: asked by the container's timer, which is told nothing of failures. */
      scheduled: Off,
    }),
    output: () => Health,
    errors: ['ContainerNotFound', 'ContainerStateInvalid', 'HealthcheckMissing', 'RuntimeFailed', 'MonitorFailed'],
  }),
}
