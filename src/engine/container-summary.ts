import type { ContainerSummary } from './live/live-data.ts'

/** A container's name, without the leading slash of Docker's clients. */
export const nameOf = ({ Names, Id }: ContainerSummary): string => Names[0]?.replace(/^\//, '') ?? Id.slice(0, 12)

/** Whether a container has processes, running or paused. */
export const isActive = ({ State }: ContainerSummary): boolean =>
  State === 'running' || State === 'paused' || State === 'stopping'
