import { type ContainerInspect, type Engine, operationNames } from '../../engine/contract/index.ts'

/** What one run of a health check found. */
export interface HealthResult {
  readonly Start: string
  readonly End: string
  readonly ExitCode: number
  readonly Output: string
}

/** A container's health; the newest result is the last. */
export interface Health {
  readonly Status: string
  readonly FailingStreak: number
  readonly Log: readonly HealthResult[]
}

const operation = 'container.healthcheck'

/** Whether this version's engine has health checks. */
export const hasHealthChecks = (operationNames as readonly string[]).includes(operation)

/** Runs a container's health check now; it rejects where there is none, or the container does not run. */
export async function runHealthCheck(engine: Engine, name: string): Promise<Health> {
  // The operation comes with the engine's health checks, and is not known to the types before.
  const run = (engine as unknown as Record<string, (input: { name: string }) => Promise<unknown>>)[operation]
  return readHealth(await run?.({ name }))
}

/** The health that a container in full has; undefined where nothing is checked. */
export function healthOf({ State }: ContainerInspect): Health | undefined {
  const health: unknown = (State as Record<string, unknown>)['Health'] ?? (State as Record<string, unknown>)['Healthcheck']
  const read = readHealth(health)
  return read.Status === '' ? undefined : read
}

/** Podman leaves out what is empty. */
function readHealth(value: unknown): Health {
  const { Status = '', FailingStreak = 0, Log } = (value ?? {}) as Partial<Health>
  return { Status, FailingStreak, Log: Log ?? [] }
}
