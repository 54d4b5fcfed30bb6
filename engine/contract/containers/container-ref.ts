import * as v from 'valibot'

import { Integer, Name } from '../fields.ts'

/** The input of an operation on one container. */
export const ContainerRef = v.object({ name: Name })

/** The same with more fields. */
export const withRef = <E extends v.ObjectEntries>(entries: E) => v.object({ name: Name, ...entries })

/** The path of a verb on one container. */
export const path = (verb: string) => `/libpod/containers/{name}/${verb}`

/** A duration of the stop timeout, in seconds; -1: no limit. */
export const Seconds = Integer
