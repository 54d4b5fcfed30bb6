import { createRequire } from 'node:module'
import { getSystemErrorName } from 'node:util'

/** A function of the C library; it returns a number unless it is bound as a pointer. */
export type NativeFunction = (...args: unknown[]) => number

interface Koffi {
  load(name: string): { func(name: string, result: string, args: string[]): NativeFunction }
  decode(pointer: unknown, type: string): unknown
  errno(): number
}

let koffi: Koffi | undefined
let library: ReturnType<Koffi['load']> | undefined
const bound = new Map<string, NativeFunction>()

function loadKoffi(): Koffi {
  koffi ??= createRequire(import.meta.url)('koffi') as Koffi
  return koffi
}

/** A function of the C library, bound at its first use. Variadic ones take integers in the same registers as others. */
export function libc(name: string, result: string, ...args: string[]): NativeFunction {
  let found = bound.get(name)
  if (found === undefined) {
    library ??= loadKoffi().load('libc.so.6')
    found = library.func(name, result, args)
    bound.set(name, found)
  }
  return found
}

/** Reads the string at a pointer; empty for a null pointer. Invalid UTF-8 is replaced. */
export function cString(pointer: Buffer): string {
  return pointer.readBigUInt64LE(0) === 0n ? '' : String(loadKoffi().decode(pointer, 'const char *'))
}

/** The name of the last failure of a bound function, such as `EPERM`. */
export function lastError(): string {
  return errorName(loadKoffi().errno())
}

/** The name of an errno number. */
export function errorName(number: number): string {
  return number > 0 ? getSystemErrorName(-number) : 'an unknown error'
}
