/**
 * - `done`: the field has its effect.
 * - `warned`: it is accepted without effect, as with podman, and a warning says so.
 * - `refused`: it is known, and not supported here.
 *
 * What a table lacks is unknown, and refused as well.
 */
export type FieldState = 'done' | 'warned' | 'refused'

export interface SpecField {
  state: FieldState
  /** The flags of the command line that fill it, without dashes. */
  flags?: string
  /** The end of the sentence that refuses it or warns: why, and the way out. */
  reason?: string
  /** Values that request the default. They are accepted silently: podman's clients always send some. */
  usual?: readonly unknown[]
  /** False, zero and empty count as set: for a field that is on by default. */
  offIsGiven?: true
}

/**
 * The state of each field of a request, by its path: `a.b` is a field of an object or of each item of a list, `a.*.b` of each value of
 * a map. What is below a `done` field without entries of its own is that field's value.
 */
export type SpecFields = Readonly<Record<string, SpecField>>

/** `name` alone, or `name: flag flag`. */
export function done(...entries: string[]): SpecFields {
  return Object.fromEntries(
    entries.map((entry) => {
      const [name = '', flags] = entry.split(': ')
      return [name, { state: 'done', ...(flags === undefined ? {} : { flags }) }]
    }),
  )
}

/** Refused for one reason. */
export function refused(reason: string, ...entries: string[]): SpecFields {
  return Object.fromEntries(
    Object.entries(done(...entries)).map(([name, field]) => [name, { ...field, state: 'refused', reason }]),
  )
}
