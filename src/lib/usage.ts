import type { Engine, Output } from '../../engine/contract/index.ts'
import type { Sample } from './series.ts'

/** The samples of a recorded history; where nothing was recorded there is none. */
export function recordedSamples({ step, start, cpu, memory }: Output<'container.usage'>): Sample[] {
  return cpu.flatMap((value, index) => {
    const used = memory[index]
    return value === null || used === null || used === undefined
      ? []
      : [{ time: (start + index * step) * 1000, cpu: value, memory: used }]
  })
}

/** What the engine recorded of a container; nothing where it cannot tell. */
export async function readRecorded(
  engine: Pick<Engine, 'container.usage'>,
  id: string,
  seconds: number,
  signal: AbortSignal,
): Promise<Sample[]> {
  try {
    return recordedSamples(await engine['container.usage']({ name: id, seconds }, { signal }))
  } catch {
    // The charts then begin now, as they do with engines that record nothing.
    return []
  }
}
