import { EngineError } from '../../errors/index.ts'
import type { Credentials, RegistryOptions } from '../../registry/index.ts'
import { parseDuration } from '../time/duration.ts'

/** What operations that speak to a registry have in common. */
export interface RegistryChoice {
  certDir?: string | undefined
  retry?: number | undefined
  /** A duration such as `2s`. */
  retryDelay?: string | undefined
}

/** How a registry is spoken to. @throws InvalidArgument */
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
    ...(retryDelay === undefined ? {} : { retryDelay: delay(retryDelay) }),
    ...(more.credentials ? { credentials: more.credentials } : {}),
    ...(more.signal ? { signal: more.signal } : {}),
    ...(more.onRetry ? { onRetry: more.onRetry } : {}),
  }
}

function delay(text: string): number {
  const nanoseconds = parseDuration(text)
  if (nanoseconds === null || nanoseconds < 0)
    throw new EngineError('InvalidArgument', `The retry delay ${JSON.stringify(text)} is not a duration such as 2s.`)
  return Math.min(nanoseconds / 1e6, 600_000)
}
