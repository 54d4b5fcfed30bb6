import type { Engine, Output } from '../../../engine/contract/index.ts'
import type { Sample } from './series.ts'

/** The samples of a recorded history; gaps have none. */
export function recordedSamples({ step, start, cpu, memory }: Output<'container.usage'>): Sample[] {
  return cpu.flatMap((value, index) => {
    const used = memory[index]
    return value === null || used === null || used === undefined
      ? []
      : [{ time: (start + index * step) * 1000, cpu: value, memory: used }]
  })
}

/** The recorded usage of a container; empty on errors. */
export async function readRecorded(
  engine: Pick<Engine, 'container.usage'>,
  id: string,
  seconds: number,
  signal: AbortSignal,
): Promise<Sample[]> {
  try {
    return recordedSamples(await engine['container.usage']({ name: id, seconds }, { signal }))
  } catch {
    // The charts then begin now, as with engines without recording.
    return []
  }
}
