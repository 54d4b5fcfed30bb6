const millisecond = 1_000_000n

// The wall clock has milliseconds only; the monotonic one fills in what is below.
let wallStart = BigInt(Date.now()) * millisecond
let monotonicStart = process.hrtime.bigint()

/** The time now, in nanoseconds since 1970. Never goes back within a process unless the wall clock was set. */
export function nowNano(): bigint {
  const now = wallStart + (process.hrtime.bigint() - monotonicStart)
  const wall = BigInt(Date.now()) * millisecond
  const drift = wall - now
  if (drift > 50n * millisecond || drift < -50n * millisecond) {
    wallStart = wall
    monotonicStart = process.hrtime.bigint()
    return wall
  }
  return now
}

/** A time in nanoseconds since 1970 as RFC 3339 in UTC, with nanoseconds and without trailing zeros, as Go writes it. */
export function formatNano(nano: bigint): string {
  const seconds = new Date(Number(nano / millisecond)).toISOString().slice(0, 19)
  const fraction = (nano % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '')
  return fraction === '' ? `${seconds}Z` : `${seconds}.${fraction}Z`
}

/** The time now as {@link formatNano} writes it. */
export function timestamp(): string {
  return formatNano(nowNano())
}

/** Go's zero time: never. */
export const zeroTime = '0001-01-01T00:00:00Z'
