import { EngineError } from '../errors/index.ts'

/** The default detach keys: Ctrl-P, Ctrl-Q. */
export const usualDetachKeys = 'ctrl-p,ctrl-q'

/** `ctrl-p,ctrl-q` as bytes; empty for none. @throws EngineError `InvalidArgument` */
export function parseDetachKeys(keys: string): number[] {
  if (keys === '') return []
  return keys.split(',').map((key) => {
    const [, letter] = /^ctrl-([a-z@[\\\]^_])$/i.exec(key) ?? []
    if (letter !== undefined) return letter.toUpperCase().charCodeAt(0) & 0x1f
    if (key.length !== 1)
      throw new EngineError(
        'InvalidArgument',
        `invalid detach keys: Unknown character: '${key}': a key is a letter or ctrl- and a letter, with commas between`,
        { details: { field: 'detachKeys' } },
      )
    return key.charCodeAt(0)
  })
}

/** Takes input; returns what to pass on, or `undefined` once the key sequence is complete. */
export type DetachFilter = (data: Uint8Array) => Uint8Array | undefined

/** Watches for detach keys. A partial sequence is held back until it is decided. */
export function detachFilter(keys: readonly number[]): DetachFilter {
  let matched = 0
  return (data) => {
    if (keys.length === 0) return data
    const out: number[] = []
    for (const byte of data) {
      if (byte === keys[matched]) {
        matched += 1
        if (matched === keys.length) return undefined
        continue
      }
      out.push(...keys.slice(0, matched))
      matched = byte === keys[0] ? 1 : 0
      if (matched === 0) out.push(byte)
    }
    return Uint8Array.from(out)
  }
}
