import { isLive } from '../containers/lifecycle/transitions.ts'
import { currentContainers } from '../containers/records/live.ts'
import { locate } from '../containers/records/locate.ts'
import type { Verb } from '../verb.ts'
import { checkSpan } from './check-span.ts'
import { readUsage } from './read-usage.ts'

/** What was recorded for several containers, by default all that run, and for all together. */
export const usageHistory: Verb<'usage.history'> = async (context, { containers, seconds, points, fields, total }) => {
  checkSpan(seconds, points)
  const chosen =
    containers.length === 0
      ? (await currentContainers(context)).filter((record) => isLive(record))
      : await Promise.all(containers.map((name) => locate(context, name)))
  const series = await readUsage(context, {
    containers: chosen.map(({ id, name }) => ({ id, name })),
    total,
    seconds,
    points,
    fields: [...new Set(fields)],
  })
  const sums = series.find(({ id }) => id === undefined)
  return {
    containers: series.flatMap(({ id, step, start, values }) => (id === undefined ? [] : [{ id, step, start, ...values }])),
    ...(sums === undefined ? {} : { total: { step: sums.step, start: sums.start, ...sums.values } }),
  }
}
