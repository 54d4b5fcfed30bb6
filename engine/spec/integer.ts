import { badValue } from './bad-value.ts'

/** Go keeps a whole number in 64 bits. */
const tooLarge = 2 ** 63

/** A whole number in decimal digits, which may have a sign. @throws EngineError `InvalidArgument`. */
export function parseInteger(text: string): number {
  if (!/^[-+]?\d+$/.test(text)) throw badValue('"{text}" is not a whole number', { text })
  const number = Number(text)
  if (Math.abs(number) >= tooLarge) throw badValue('"{text}" is more than a number can be', { text })
  return number
}
