import type { Engine, Output } from '../../../engine/contract/index.ts'
import { type Measure, measures, type Sample } from './series.ts'

type Recorded = Output<'usage.history'>['containers'][number]

/** The samples of a recorded history; gaps have none. */
export function recordedSamples(history: Omit<Recorded, 'id'>): Sample[] {
  const { step, start, cpu = [], memory = [] } = history
  const rates = measures.filter((each) => each !== 'cpu' && each !== 'memory')
  return cpu.flatMap((value, index) => {
    const used = memory[index]
    if (value === null || used === null || used === undefined) return []
    const sample: { [K in Measure | 'time']?: number } = { time: (start + index * step) * 1000, cpu: value, memory: used }
    for (const each of rates) {
      const rate = history[each]?.[index]
      if (rate !== null && rate !== undefined) sample[each] = rate
    }
    return [sample as Sample]
  })
}

/** The recorded usage of a container in at most `points` samples; empty on errors. */
export async function readRecorded(
  engine: Pick<Engine, 'container.usage'>,
  id: string,
  { seconds, points }: { seconds: number; points: number },
  signal: AbortSignal,
): Promise<Sample[]> {
  try {
    return recordedSamples(await engine['container.usage']({ name: id, seconds, points }, { signal }))
  } catch {
    // The charts then begin now, as with engines without recording.
    return []
  }
}

/** What was recorded of several containers, and of all together. */
export interface RecordedUsage {
  readonly byId: ReadonlyMap<string, readonly Sample[]>
  readonly total: readonly Sample[]
}

/** CPU and memory of containers, of all that run by default, with one call; empty on errors. */
export async function readRecordedOfAll(
  engine: Pick<Engine, 'usage.history'>,
  input: { containers?: string[]; seconds: number; points?: number; total?: boolean },
  signal: AbortSignal,
): Promise<RecordedUsage> {
  try {
    const { containers, total } = await engine['usage.history'](input, { signal })
    return {
      byId: new Map(containers.map((each) => [each.id, recordedSamples(each)])),
      total: total ? recordedSamples(total) : [],
    }
  } catch {
    return { byId: new Map(), total: [] }
  }
}
