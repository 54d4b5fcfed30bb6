import type { Input } from '../../contract/index.ts'
import { parseDeviceBytes, parseDeviceOperations, parseDeviceWeight } from '../../spec/device-limit.ts'
import { type Flag, number, numberOr, text, textOr, texts, type Values, words } from '../parse/flags.ts'
import { healthFlags, limitFlags, moreLimitFlags } from './flags.ts'
import { parseLimits, parseUlimits } from './limits.ts'

/** Of checks at the start, which `create` does not have yet. */
const startup = {
  'health-log-destination': textOr('', 'Set the destination of the HealthCheck log', 'local'),
  'health-max-log-count': numberOr('', 'Set maximum number of attempts in the HealthCheck log file', 5, { value: 'uint' }),
  'health-max-log-size': numberOr('', 'Set maximum length in characters of stored HealthCheck log', 500, { value: 'uint' }),
  'health-startup-cmd': text('', 'Set a startup healthcheck command for the container'),
  'health-startup-interval': textOr('', 'Set an interval for the startup healthcheck', '30s'),
  'health-startup-retries': number(
    '',
    'Set the maximum number of retries before the startup healthcheck will restart the container',
    {
      value: 'uint',
    },
  ),
  'health-startup-success': number(
    '',
    'Set the number of consecutive successes before the startup healthcheck is marked as successful and the normal healthcheck begins (0 indicates any success will start the regular healthcheck)',
    { value: 'uint' },
  ),
  'health-startup-timeout': textOr(
    '',
    'Set the maximum amount of time that the startup healthcheck may take before it is considered failed',
    '30s',
  ),
} as const satisfies Record<string, Flag<never> | Flag<unknown>>

export const updateFlags = {
  ...limitFlags,
  ...moreLimitFlags,
  ...healthFlags,
  ...startup,
  env: texts('e', 'Set environment variables in container'),
  restart: text('', 'Restart policy to apply when a container exits ("always"|"no"|"never"|"on-failure"|"unless-stopped")'),
  ulimit: words('', 'Ulimit options'),
  unsetenv: texts('', 'Unset environment default variables in container'),
}

type UpdateValues = Values<typeof updateFlags>
type Body = NonNullable<Input<'container.update'>['body']>

/** What an update asks for: only what was given, since a default would replace what the container has. @throws UsageError, EngineError */
export function updateBody(flags: UpdateValues, given: ReadonlySet<string>): Body {
  const rates = (list: readonly string[], parse: typeof parseDeviceBytes) =>
    list.map(parse).map(({ path, rate }) => ({ Path: path, Rate: rate }))
  const body: Body = {
    ...parseLimits(flags),
    BlkIOWeightDevice: flags['blkio-weight-device']
      .map(parseDeviceWeight)
      .map(({ path, weight }) => ({ Path: path, Weight: weight })),
    DeviceReadBPs: rates(flags['device-read-bps'], parseDeviceBytes),
    DeviceWriteBPs: rates(flags['device-write-bps'], parseDeviceBytes),
    DeviceReadIOPs: rates(flags['device-read-iops'], parseDeviceOperations),
    DeviceWriteIOPs: rates(flags['device-write-iops'], parseDeviceOperations),
    Env: flags.env.map((pair) => (pair.includes('=') ? pair : `${pair}=${process.env[pair] ?? ''}`)),
    UnsetEnv: flags.unsetenv,
    r_limits: parseUlimits(flags.ulimit) ?? [],
    no_healthcheck: flags['no-healthcheck'] || undefined,
  }
  const asked = Object.entries(body).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0))
  return Object.fromEntries([
    ...asked,
    ...Object.entries(healthOf(flags)).filter(([name]) => given.has(name.replaceAll('_', '-'))),
  ])
}

const healthOf = (flags: UpdateValues): Body => ({
  health_cmd: flags['health-cmd'],
  health_interval: flags['health-interval'],
  health_log_destination: flags['health-log-destination'],
  health_max_log_count: flags['health-max-log-count'],
  health_max_log_size: flags['health-max-log-size'],
  health_on_failure: flags['health-on-failure'],
  health_retries: flags['health-retries'],
  health_start_period: flags['health-start-period'],
  health_startup_cmd: flags['health-startup-cmd'],
  health_startup_interval: flags['health-startup-interval'],
  health_startup_retries: flags['health-startup-retries'],
  health_startup_success: flags['health-startup-success'],
  health_startup_timeout: flags['health-startup-timeout'],
  health_timeout: flags['health-timeout'],
})
