import * as v from 'valibot'

import { Filters } from '../fields.ts'

/** A text that is unset where it is empty. */
export const Text = v.optional(
  v.pipe(
    v.string(),
    v.transform((text) => (text === '' ? undefined : text)),
  ),
)

/** A boolean as Docker reads it: everything is on except the words for no. */
const Switch = v.pipe(
  v.union([v.boolean(), v.string()]),
  v.transform((value) => (typeof value === 'boolean' ? value : !['', '0', 'no', 'false', 'none'].includes(value.toLowerCase()))),
)

export const Off = v.optional(Switch, false)
export const On = v.optional(Switch, true)

/** A whole number; nothing is 0. */
export const Count = v.optional(
  v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.transform(Number))]),
    v.check((value) => Number.isInteger(value), 'is not a whole number'),
  ),
  0,
)

/** Filters, `undefined` where none are given. */
export const MaybeFilters = v.optional(Filters)

/** The header that carries the login for a registry. */
export const loginHeader = { credentials: { name: 'X-Registry-Auth', form: 'login' } } as const

/** Its field. */
export const login = { credentials: v.optional(v.string()) }

/** `os[/architecture[/variant]]`. */
export const platform = { platform: Text }

/** Libpod fails to complete an invalid name. */
export const badName = { ImageReferenceInvalid: 500 } as const
