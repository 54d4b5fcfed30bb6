import { badValue } from './bad-value.ts'

const powers = ['', 'k', 'm', 'g', 't', 'p']
const form = /^(\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i
/** Go keeps a size in 64 bits. */
const tooLarge = 2 ** 63

/**
 * Bytes from `512m`, `1.5g`, `64 MiB` or `100`.
 *
 * @param base what the units are powers of; 1000 where podman counts so, as for the size of a log.
 * @throws EngineError `InvalidArgument`, with podman's message.
 */
export function parseSize(text: string, base: 1000 | 1024 = 1024): number {
  const [, digits, unit = ''] = form.exec(text) ?? []
  const bytes = Math.floor(Number(digits) * base ** powers.indexOf(unit.toLowerCase()))
  // Written this way round, no number is refused as well.
  if (!(bytes < tooLarge)) throw badValue("invalid size: '{size}'", { size: text })
  return bytes
}

/** A value by the largest power of `base` that it reaches, and which of `steps` that is. */
export function scale(value: number, base: 1000 | 1024, steps: number): [number, number] {
  let scaled = value
  let step = 0
  while (scaled >= base && step < steps - 1) {
    scaled /= base
    step += 1
  }
  return [scaled, step]
}

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB']

/** A size in decimal units with so many significant digits: `2.049MB`, or with `space` `2.05 MB`. */
export function formatSize(bytes: number, digits = 4, space = ''): string {
  const [value, step] = scale(bytes, 1000, units.length)
  return `${significant(value, digits)}${space}${units[step]}`
}

/** A size in binary units: `1.953GiB`. */
export function formatBinarySize(bytes: number): string {
  const [value, step] = scale(bytes, 1024, 5)
  return `${Number(value.toPrecision(4))}${['B', 'KiB', 'MiB', 'GiB', 'TiB'][step]}`
}

/** Go's `%.Ng`, without exponents: such numbers are below 1000 here. */
function significant(value: number, digits: number): string {
  const text = value.toPrecision(digits)
  return text.includes('e') ? String(Math.round(value)) : text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
