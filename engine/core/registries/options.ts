import { EngineError } from '../../errors/index.ts'
import type { Credentials, RegistryOptions } from '../../registry/index.ts'
import { durationOf } from '../../spec/duration.ts'

/** Common fields of operations that talk to a registry. */
export interface RegistryChoice {
  certDir?: string | undefined
  retry?: number | undefined
  /** A duration such as `2s`. */
  retryDelay?: string | undefined
}

/** The access options of a registry. @throws InvalidArgument */
export function registryOptions(
  { certDir, retry, retryDelay }: RegistryChoice,
  more: {
    credentials?: Credentials | undefined
    signal?: AbortSignal | undefined
    onRetry?: (line: string) => void
  } = {},
): RegistryOptions {
  return {
    ...(certDir ? { certDir } : {}),
    ...(retry === undefined ? {} : { retry: Math.min(Math.max(retry, 0), 100) }),
    ...(retryDelay === undefined ? {} : { retryDelay: parseRetryDelay(retryDelay) }),
    ...(more.credentials ? { credentials: more.credentials } : {}),
    ...(more.signal ? { signal: more.signal } : {}),
    ...(more.onRetry ? { onRetry: more.onRetry } : {}),
  }
}

/** Milliseconds between two attempts, ten minutes at most. @throws EngineError `InvalidArgument` */
export function parseRetryDelay(text: string): number {
  const nanoseconds = durationOf(text)
  if (nanoseconds === undefined || nanoseconds < 0)
    throw new EngineError('InvalidArgument', `The retry delay ${JSON.stringify(text)} is not a duration such as 2s.`)
  return Math.min(nanoseconds / 1e6, 600_000)
}
