import type { ContainerSpec, HealthConfig } from '../../contract/index.ts'
import { inContext } from '../../spec/bad-value.ts'
import { parseDuration } from '../../spec/duration.ts'
import { checkHealthNumbers, onFailureNumbers, parseHealthCommand, parseHealthInterval, usualHealth } from '../../spec/health.ts'
import { UsageError } from '../parse/usage-error.ts'
import type { CreateValues } from './flags.ts'

/** What the flags say of health checks: what differs from podman's defaults, so that what was not asked for is not sent. */
export function healthFields(flags: CreateValues): ContainerSpec {
  return {
    healthconfig: regular(flags),
    startupHealthConfig: startup(flags),
    health_check_on_failure_action: onFailureNumbers[flags['health-on-failure']] || undefined,
    healthLogDestination: other(flags['health-log-destination'], 'local'),
    healthMaxLogCount: other(flags['health-max-log-count'], usualHealth.logCount),
    healthMaxLogSize: other(flags['health-max-log-size'], usualHealth.logSize),
  }
}

function other<T>(value: T, usual: T): T | undefined {
  return value === usual ? undefined : value
}

function regular(flags: CreateValues): HealthConfig | undefined {
  const command = flags['health-cmd'] || undefined
  if (flags['no-healthcheck'] && command !== undefined)
    throw new UsageError('cannot specify both --no-healthcheck and --health-cmd')
  if (flags['no-healthcheck']) return { Test: ['NONE'] }
  const times = {
    Interval: parseHealthInterval(flags['health-interval']),
    Timeout: time('timeout', flags['health-timeout']),
    StartPeriod: time('start-period', flags['health-start-period']),
    Retries: flags['health-retries'],
  }
  requireSecond(times.Timeout)
  checkHealthNumbers(times)
  if (command !== undefined) return { Test: parseHealthCommand(command), ...times }
  const usual: Record<string, number> = {
    Interval: usualHealth.interval,
    Timeout: usualHealth.timeout,
    StartPeriod: usualHealth.startPeriod,
    Retries: usualHealth.retries,
  }
  const changed = Object.entries(times).filter(([name, value]) => value !== usual[name])
  return changed.length > 0 ? Object.fromEntries(changed) : undefined
}

function startup(flags: CreateValues): ContainerSpec['startupHealthConfig'] {
  const command = flags['health-startup-cmd']
  if (!command) return undefined
  const times = {
    Interval: parseHealthInterval(flags['health-startup-interval']),
    Timeout: time('timeout', flags['health-startup-timeout']),
  }
  requireSecond(times.Timeout)
  checkHealthNumbers(times)
  return {
    Test: parseHealthCommand(command),
    ...times,
    Retries: flags['health-startup-retries'],
    Successes: flags['health-startup-success'],
  }
}

function time(name: string, text: string): number {
  return inContext('invalid healthcheck-{name}', () => parseDuration(text), { name })
}

/** What images bring may be shorter. @throws UsageError, with podman's message */
function requireSecond(timeout: number): void {
  if (timeout < 1e9) throw new UsageError('healthcheck-timeout must be at least 1 second')
}
