import type { Output, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { locate } from '../containers/records/locate.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { openReports } from './live/reports.ts'
import { type UsageSampler, usageSampler } from './live/sampler.ts'

/** Containers that may be asked for as those that use most of each. */
const maxTop = 100

/** The longest time between two reports, in seconds. */
const maxInterval = 3600

/** Milliseconds for which those that use most stay the same. */
const rankEvery = 10_000

/**
 * What containers use, as it changes, from one sampler for all who ask this process. Named containers that do not run have no figures
 * until they do. It ends with its caller.
 */
export const usageLive: Verb<'usage.live'> = async (context, input, { signal }) => {
  if (input.interval < 1 || input.interval > maxInterval)
    throw new EngineError('InvalidArgument', `Give an interval from 1 to ${maxInterval} seconds, not ${input.interval}.`, {
      details: { field: 'interval' },
    })
  if (input.top < 0 || input.top > maxTop)
    throw new EngineError('InvalidArgument', `The containers that use most can be up to ${maxTop}, not ${input.top}.`, {
      details: { field: 'top' },
    })
  const named = new Set<string>()
  for (const name of input.containers) named.add((await locate(context, name)).id)
  const ends = signal === undefined ? context.closing : AbortSignal.any([signal, context.closing])
  return reports(context, input, named, ends)
}

async function* reports(
  context: Context,
  { containers, top, fields, total, interval }: Parsed<'usage.live'>,
  named: ReadonlySet<string>,
  signal: AbortSignal,
): AsyncGenerator<Output<'usage.live'>> {
  const sampler = usageSampler(context)
  const all = containers.length === 0 && top === 0
  const chosen = top === 0 ? () => Promise.resolve(all ? undefined : named) : withTop(sampler, top, named)
  const extended = fields.some((field) => field !== 'cpu' && field !== 'memory')
  const made = openReports(fields, total)
  const reader = { every: interval * 1000, rates: (id: string) => extended && (all || named.has(id)) }
  for await (const tick of sampler.follow(reader, signal)) yield made.next(tick, await chosen())
}

/** The named ones, and those that use most, which are looked at again now and then. */
function withTop(sampler: UsageSampler, top: number, named: ReadonlySet<string>): () => Promise<ReadonlySet<string>> {
  let ranked: ReadonlySet<string> = named
  let due = 0
  return async () => {
    if (performance.now() < due) return ranked
    due = performance.now() + rankEvery
    ranked = new Set([...named, ...(await sampler.top(top))])
    return ranked
  }
}
