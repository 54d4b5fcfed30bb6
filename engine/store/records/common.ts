import * as v from 'valibot'

import { restartPolicies } from '../../spec/restart-policy.ts'

export const TextMap = v.record(v.string(), v.string())
export const Texts = v.array(v.string())

/**
 * A request as the contract accepted it at the time. It is not checked against today's stricter rules: a container must not be lost
 * because a new version would not make it any more.
 */
export const asRequested = <T>(): v.GenericSchema<T> => v.looseObject({}) as unknown as v.GenericSchema<T>

export const RestartPolicy = v.object({
  name: v.picklist(['', ...restartPolicies]),
  /** 0: without limit. */
  maximumRetries: v.number(),
})
export type RestartPolicy = v.InferOutput<typeof RestartPolicy>
