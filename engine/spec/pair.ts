import { badValue } from './bad-value.ts'

/** The two sides of the first `=`; without one, the text and undefined. */
export function splitPair(text: string): [string, string | undefined] {
  const equals = text.indexOf('=')
  return equals < 0 ? [text, undefined] : [text.slice(0, equals), text.slice(equals + 1)]
}

/** A map in the order in which podman shows it, which is Go's: by name. */
export function byName<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** Every object has these, so that the contract's schemas leave them out. @throws EngineError `InvalidArgument` */
export function checkPairName(name: string, what: string): void {
  if (['__proto__', 'constructor', 'prototype'].includes(name))
    throw badValue('invalid {what} "{name}": this name cannot be used in this version', { what, name })
}

/** `NAME=VALUE` pairs; a name alone has an empty value. @param what they are. @throws EngineError `InvalidArgument`, with podman's message. */
export function parsePairs(entries: readonly string[], what: string): Record<string, string> {
  return Object.fromEntries(
    entries.map((entry) => {
      if (entry.startsWith('=')) throw badValue('invalid {what} format: "{entry}"', { what, entry })
      const [name, value = ''] = splitPair(entry)
      checkPairName(name, what)
      return [name, value]
    }),
  )
}

/**
 * A variable of the environment, `NAME=VALUE`. A name alone has no value of its own: the reader takes the caller's.
 *
 * @throws EngineError `InvalidArgument`, with podman's message.
 */
export function parseVariable(entry: string): [string, string | undefined] {
  const [name, value] = splitPair(entry)
  if (entry.startsWith('=')) throw badValue('invalid variable: "{entry}"', { entry })
  return [name, value]
}
