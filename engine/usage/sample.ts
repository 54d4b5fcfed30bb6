/** What one container used at one time. Rates are per second; `NaN` is what could not be read. */
export interface Sample {
  /** Percent of one core. */
  cpu: number
  /** Bytes of working set. */
  memory: number
  /** Bytes per second received and sent, over all interfaces but the loopback. */
  rx: number
  tx: number
  /** Bytes per second read from and written to block devices. */
  read: number
  write: number
}

/** The fields of a {@link Sample}, in the order in which rings store them. */
export const sampleFields = ['cpu', 'memory', 'rx', 'tx', 'read', 'write'] as const satisfies readonly (keyof Sample)[]
export type SampleField = (typeof sampleFields)[number]

/** The mean of each field over the samples that have it. */
export function meanSample(samples: readonly Sample[]): Sample {
  return Object.fromEntries(
    sampleFields.map((field) => {
      const values = samples.map((sample) => sample[field]).filter((value) => !Number.isNaN(value))
      return [field, values.reduce((sum, value) => sum + value, 0) / values.length]
    }),
  ) as unknown as Sample
}
