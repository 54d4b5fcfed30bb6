/** Whose usage is looked at: one container's, with its rates where `detailed`; that of all; or of those that use most, and the sums. */
export type Interest = { readonly id: string; readonly detailed?: boolean } | 'all' | 'top'

/** What the engine is asked for, as `usage.live` takes it. */
export interface UsageRequest {
  /** Ids, sorted; empty for all that run, unless `top` is given. */
  readonly containers: readonly string[]
  readonly top: number
  readonly detailed: boolean
}

/** Everything that is looked at together, as counted references. */
export interface Interests {
  add(interest: Interest): () => void
  /** One request for all of it; undefined where nothing is looked at. */
  request(): UsageRequest | undefined
}

/** Containers with a line of their own in the overview's charts. */
const topCount = 8

/** Ids that fit into the address of a request; for more, all are asked for. */
const maxIds = 100

/** Ids that are no longer looked at and that a stream may go on to carry: opening another one costs more. */
const spare = 12

/** Counts references; `onChange` is called when the request may be another one. */
export function createInterests(onChange: () => void): Interests {
  const counts = new Map<string, number>()
  const change = (key: string, by: number) => {
    const count = (counts.get(key) ?? 0) + by
    if (count > 0) counts.set(key, count)
    else counts.delete(key)
    if (count === 0 || (count === 1 && by > 0)) onChange()
  }
  const startingWith = (prefix: string) =>
    [...counts.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length))
  return {
    add(interest) {
      const keys =
        typeof interest === 'string'
          ? [interest]
          : [`id ${interest.id}`, ...(interest.detailed ? [`detailed ${interest.id}`] : [])]
      for (const key of keys) change(key, 1)
      let held = true
      return () => {
        if (!held) return
        held = false
        for (const key of keys) change(key, -1)
      }
    },
    request() {
      if (counts.size === 0) return undefined
      const ids = startingWith('id ').toSorted()
      const top = counts.has('top') ? topCount : 0
      const all = counts.has('all') || ids.length > maxIds
      return { containers: all ? [] : ids, top: all ? 0 : top, detailed: startingWith('detailed ').length > 0 }
    },
  }
}

/** Whether what an open stream was asked for is enough, and not much too much, for another request. */
export function covers(open: UsageRequest, next: UsageRequest): boolean {
  if (open.top !== next.top || (next.detailed && !open.detailed)) return false
  if (isAll(open) || isAll(next)) return isAll(open) && isAll(next)
  const there = new Set(open.containers)
  return next.containers.every((id) => there.has(id)) && open.containers.length <= next.containers.length + spare
}

/** Whether all running containers are asked for. */
export const isAll = ({ containers, top }: UsageRequest): boolean => containers.length === 0 && top === 0
