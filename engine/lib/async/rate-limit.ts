/** A rate limit: a burst, and then so many events a second. */
export interface Rate {
  burst: number
  perSecond: number
}

/** Keys that are remembered; an evicted one starts again. */
const maxKeys = 10_000

/** Whether one more event is allowed for a key (a token bucket each). */
export function rateLimit({ burst, perSecond }: Rate, now: () => number = () => performance.now()): (key: string) => boolean {
  const buckets = new Map<string, { tokens: number; at: number }>()
  return (key) => {
    const time = now()
    const bucket = buckets.get(key) ?? { tokens: burst, at: time }
    bucket.tokens = Math.min(burst, bucket.tokens + ((time - bucket.at) / 1000) * perSecond)
    bucket.at = time
    if (!buckets.has(key)) forgetOldest(buckets)
    // The most recently used last.
    buckets.delete(key)
    buckets.set(key, bucket)
    if (bucket.tokens < 1) return false
    bucket.tokens -= 1
    return true
  }
}

function forgetOldest(buckets: Map<string, unknown>): void {
  if (buckets.size < maxKeys) return
  const [oldest] = buckets.keys()
  if (oldest !== undefined) buckets.delete(oldest)
}
