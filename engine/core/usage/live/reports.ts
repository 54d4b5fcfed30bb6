import type { LiveUsage, UsageField } from '../../../contract/index.ts'
import type { Figures } from './figures.ts'
import type { Tick } from './sampler.ts'

/** What one reader was sent, and what comes next. */
export interface Reports {
  /** What changed of these containers since the last report; of all that run where `shown` is undefined. */
  next(tick: Tick, shown: ReadonlySet<string> | undefined): LiveUsage
}

/** Reports of these fields, with the sums where they are asked for. */
export function openReports(fields: readonly UsageField[], withTotal: boolean): Reports {
  const sent = new Map<string, Figures>()
  let sums = ''
  const goneNow = (tick: Tick, shown: ReadonlySet<string> | undefined): string[] =>
    [...sent].flatMap(([id, before]) => {
      const now = shown?.has(id) === false ? undefined : tick.figures.get(id)
      return now?.run === before.run ? [] : [id]
    })
  const changed = (tick: Tick, shown: ReadonlySet<string> | undefined): NonNullable<LiveUsage['containers']> => {
    const found: NonNullable<LiveUsage['containers']> = []
    for (const id of shown ?? tick.figures.keys()) {
      const now = tick.figures.get(id)
      const before = sent.get(id)
      if (now === undefined || now === before) continue
      sent.set(id, now)
      // A change of a field that was not asked for is none.
      if (before && fields.every((field) => before.values[field] === now.values[field])) continue
      found.push({ id, ...Object.fromEntries(fields.map((field) => [field, now.values[field]])) })
    }
    return found
  }
  return {
    next(tick, shown) {
      const gone = goneNow(tick, shown)
      for (const id of gone) sent.delete(id)
      const containers = changed(tick, shown)
      const text = withTotal ? JSON.stringify(tick.total) : ''
      const isNew = text !== sums
      sums = text
      return {
        time: tick.time,
        ...(gone.length > 0 ? { gone } : {}),
        ...(containers.length > 0 ? { containers } : {}),
        ...(isNew ? { total: { ...tick.total } } : {}),
      }
    },
  }
}
