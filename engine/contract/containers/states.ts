import * as v from 'valibot'

/** Libpod's container states, as users see them. */
export const containerStates = [
  'unknown',
  'configured',
  'created',
  'initialized',
  'running',
  'stopped',
  'paused',
  'exited',
  'removing',
  'stopping',
] as const

export const ContainerState = v.picklist(containerStates)
export type ContainerState = v.InferOutput<typeof ContainerState>

/** States of a container's health; `stopped`: it ended while a check ran. */
export const healthStates = ['starting', 'healthy', 'unhealthy', 'stopped'] as const

/** What `container.wait` can wait for: states and other conditions. Nothing ever becomes `unknown`. */
export const waitConditions = [
  ...containerStates.filter((state) => state !== 'unknown'),
  'removed',
  'healthy',
  'unhealthy',
  'not-running',
  'next-exit',
] as const
