import type { Health } from '../../../contract/index.ts'
import type { HealthSettings } from '../../../store/index.ts'

/** One result of a check. */
export type HealthResult = NonNullable<Health['Log']>[number]

/** How far the check of the start-up has come; there is none once it is done. */
export interface StartupProgress {
  successes: number
  failures: number
}

export interface HealthOutcome {
  health: Health
  /** `null`: the start-up is over, and the regular check begins. */
  startup?: StartupProgress | null
  /** What is to be done. */
  action: HealthSettings['onFailure']
}

/** What one result means for a container's health. */
export function healthAfter(
  settings: HealthSettings,
  before: Health,
  result: HealthResult,
  { startedAt, startup }: { startedAt: string; startup?: StartupProgress },
): HealthOutcome {
  const log = { ...before, Log: withResult(settings, before.Log ?? [], result) }
  const succeeded = result.ExitCode === 0
  if (startup && settings.startup) return afterStartup(settings.startup, log, startup, succeeded)
  if (succeeded) return { health: { ...log, Status: 'healthy', FailingStreak: 0 }, action: 'none' }
  // As podman has it, also for one that has been healthy.
  const waits = Date.parse(result.Start) < Date.parse(startedAt) + settings.startPeriod / 1e6
  if (waits) return { health: log, action: 'none' }
  const streak = before.FailingStreak + 1
  const unhealthy = streak >= settings.retries
  const health = { ...log, FailingStreak: streak, Status: unhealthy ? 'unhealthy' : before.Status }
  return { health, action: unhealthy ? settings.onFailure : 'none' }
}

function afterStartup(
  check: NonNullable<HealthSettings['startup']>,
  health: Health,
  before: StartupProgress,
  succeeded: boolean,
): HealthOutcome {
  if (succeeded) {
    const successes = before.successes + 1
    if (successes < Math.max(1, check.successes)) return { health, startup: { successes, failures: 0 }, action: 'none' }
    return { health: { ...health, Status: 'healthy', FailingStreak: 0 }, startup: null, action: 'none' }
  }
  const failures = before.failures + 1
  const over = check.retries > 0 && failures >= check.retries
  return { health, startup: { successes: 0, failures }, action: over ? 'restart' : 'none' }
}

function withResult({ maxCount, maxSize }: HealthSettings, log: readonly HealthResult[], result: HealthResult): HealthResult[] {
  const kept = maxSize === 0 ? result : { ...result, Output: Array.from(result.Output).slice(0, maxSize).join('') }
  return [...log, kept].slice(maxCount === 0 ? 0 : -maxCount)
}
