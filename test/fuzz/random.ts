/** Random numbers that come again with the same seed (Bob Jenkins, "small fast" generator, 32 bits). */
export interface Random {
  /** From 0 up to, not including, `end`. */
  below(end: number): number
  /** True in so many of 100 cases. */
  chance(percent: number): boolean
  pick<T>(list: readonly T[]): T
  bytes(length: number): Buffer
}

/** The seed of a run: BERTH_FUZZ_SEED, or always the same. It is in the name of every test, so that a failure can be repeated. */
export const seed = Number(process.env['BERTH_FUZZ_SEED'] ?? '20261128') >>> 0

/** How many times as many inputs are tried: BERTH_FUZZ_FACTOR. */
export const factor = Math.max(0.01, Number(process.env['BERTH_FUZZ_FACTOR'] ?? '0.6') || 0.6)

/** A generator for one test; `name` keeps the tests of a run apart. */
export function randomOf(name: string): Random {
  let [a, b, c, d] = [0xf1ea5eed, seed, seed ^ hash(name), seed]
  const next = (): number => {
    const e = (a - ((b << 27) | (b >>> 5))) | 0
    a = b ^ ((c << 17) | (c >>> 15))
    b = (c + d) | 0
    c = (d + e) | 0
    d = (e + a) | 0
    return d >>> 0
  }
  for (let round = 0; round < 20; round++) next()
  const below = (end: number): number => next() % Math.max(1, end)
  return {
    below,
    chance: (percent) => below(100) < percent,
    pick: (list) => list[below(list.length)]!,
    bytes: (length) => Buffer.from(Array.from({ length }, () => next() & 0xff)),
  }
}

function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value
}
