/** Lets so many logins begin at once, as sshd's MaxStartups `start:rate:full` does. */
export interface Throttle {
  start: number
  /** Percent refused between start and full, growing to 100. */
  rate: number
  full: number
}

export const defaultThrottle: Throttle = { start: 10, rate: 30, full: 60 }

/** Whether one more login may begin while `pending` are under way. `random` is from 0 to 1. */
export function mayBegin(pending: number, { start, rate, full }: Throttle = defaultThrottle, random = Math.random()): boolean {
  if (pending < start) return true
  if (pending >= full) return false
  const refused = rate + ((100 - rate) * (pending - start)) / (full - start)
  return random * 100 >= refused
}
