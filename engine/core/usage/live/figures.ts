import { scale } from '../../../spec/size.ts'
import { type Sample, sampleFields, type SampleField } from '../../../usage/index.ts'

/** What one run of a container uses now, as it is sent. The same object for as long as it is the same. */
export interface Figures {
  /** The process of the run: a restart is another one. */
  readonly run: number
  readonly values: Readonly<Partial<Record<SampleField, number>>>
}

/** Rounds to what a person is shown: a tenth of a percent, three digits of anything else. What is not a number is left out. */
export function toFigures(run: number, sample: Sample, before: Figures | undefined): Figures {
  const values: Partial<Record<SampleField, number>> = {}
  for (const field of sampleFields) {
    const value = sample[field]
    if (Number.isFinite(value)) values[field] = rounded(field, value)
  }
  const same = before?.run === run && sampleFields.every((field) => before.values[field] === values[field])
  return same ? before : { run, values }
}

/** One value, rounded so. */
export function rounded(field: SampleField, value: number): number {
  if (field === 'cpu') return Math.round(value * 10) / 10
  const base = field === 'memory' ? 1024 : 1000
  const [shown, step] = scale(value, base, units)
  const digits = shown < 10 ? 100 : shown < 100 ? 10 : 1
  return step === 0 ? Math.round(value) : Math.round((Math.round(shown * digits) / digits) * base ** step)
}

/** Bytes, thousands of them, and so on. */
const units = 5
