/** Takes one value. */
export type Put = (metric: string, instance: string, value: number) => void
