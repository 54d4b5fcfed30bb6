import type { ContainerSpec, Parsed, Resources } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { inContext } from '../../../spec/bad-value.ts'
import { parseDuration } from '../../../spec/duration.ts'
import { checkHealthNumbers, parseHealthCommand, parseHealthInterval } from '../../../spec/health.ts'
import { checkRestartPolicy, parseRestartPolicy } from '../../../spec/restart-policy.ts'

type Body = Parsed<'container.update'>['body']
type DeviceLimits = Body['DeviceReadBPs']

/**
 * The fields of a container's request that an update gives. Devices and health checks are merged with those that it has, since a
 * request has all of them in one field.
 *
 * @throws EngineError `InvalidArgument`.
 */
export function updateSpec(
  before: ContainerSpec,
  body: Body,
  restart: { policy?: string | undefined; retries?: number | undefined },
): ContainerSpec {
  return filled({
    ...restartFields(before, restart),
    resource_limits: limitsOf(body),
    weightDevice: merged(before.weightDevice, body.BlkIOWeightDevice, ({ Weight, weight }) => ({
      weight: Weight ?? weight ?? 0,
    })),
    throttleReadBpsDevice: merged(before.throttleReadBpsDevice, body.DeviceReadBPs, rateOf),
    throttleWriteBpsDevice: merged(before.throttleWriteBpsDevice, body.DeviceWriteBPs, rateOf),
    throttleReadIOPSDevice: merged(before.throttleReadIOPSDevice, body.DeviceReadIOPs, rateOf),
    throttleWriteIOPSDevice: merged(before.throttleWriteIOPSDevice, body.DeviceWriteIOPs, rateOf),
    ...healthFields(before, body),
  })
}

function filled(spec: ContainerSpec): ContainerSpec {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined))
}

function restartFields(
  before: ContainerSpec,
  { policy, retries }: { policy?: string | undefined; retries?: number | undefined },
): ContainerSpec {
  if (policy === undefined || policy === '') return {}
  const parsed = parseRestartPolicy(policy)
  const tries = parsed.maximumRetries || (retries ?? 0)
  const { name, maximumRetries } = checkRestartPolicy({ name: parsed.name, maximumRetries: tries }, { remove: before.remove })
  return { restart_policy: name, restart_tries: maximumRetries }
}

/** What a control group has, by the names of the OCI runtime spec. */
function limitsOf({ memory, cpu, pids, blockIO, hugepageLimits, rdma, unified, ...rest }: Body): Resources | undefined {
  for (const field of ['network', 'devices'] as const) {
    const value = rest[field]
    if (typeof value === 'object' && value !== null && Object.keys(value).length > 0)
      throw new EngineError('NotSupported', `The field ${field} cannot be updated; leave it out.`, { details: { field } })
  }
  const given = Object.entries({ memory, cpu, pids, blockIO, hugepageLimits, rdma, unified }).filter(
    ([, value]) => value !== undefined && value !== null && Object.keys(value).length > 0,
  )
  return given.length > 0 ? (Object.fromEntries(given) as Resources) : undefined
}

const rateOf = ({ Rate, rate }: NonNullable<DeviceLimits>[number]) => ({ rate: Rate ?? rate ?? 0 })

function merged<T extends object>(
  before: ContainerSpec['weightDevice'],
  given: DeviceLimits,
  value: (limit: NonNullable<DeviceLimits>[number]) => T,
): Record<string, T> | undefined {
  if (!given || given.length === 0) return undefined
  const entries = given.map((limit) => [limit.Path ?? limit.path ?? '', value(limit)] as const)
  return { ...(before as Record<string, T>), ...Object.fromEntries(entries) }
}

/** @throws EngineError `InvalidArgument`, with podman's messages. */
function healthFields(before: ContainerSpec, body: Body): ContainerSpec {
  const check = checkOf(body, '')
  if (body.no_healthcheck && Object.keys(check).length > 0)
    throw new EngineError('InvalidArgument', 'cannot specify both --no-healthcheck and --health-cmd', {
      details: { field: 'no_healthcheck' },
    })
  checkHealthNumbers(check)
  const startup = checkOf(body, 'startup_')
  const action = body.health_on_failure
  const changed = Object.keys(check).length > 0
  return {
    healthconfig: body.no_healthcheck ? { Test: ['NONE'] } : changed ? { ...before.healthconfig, ...check } : undefined,
    ...(Object.keys(startup).length > 0
      ? { startupHealthConfig: { ...objectOf(before['startupHealthConfig']), ...startup } }
      : {}),
    ...(action ? { health_check_on_failure_action: action } : {}),
    ...given('healthLogDestination', body.health_log_destination),
    ...given('healthMaxLogCount', body.health_max_log_count),
    ...given('healthMaxLogSize', body.health_max_log_size),
  }
}

const given = (name: string, value: unknown): ContainerSpec => (value === undefined || value === null ? {} : { [name]: value })

const objectOf = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {})

function checkOf(body: Body, kind: '' | 'startup_'): Record<string, unknown> {
  const field = (name: string): unknown => body[`health_${kind}${name}` as keyof Body]
  const time = (name: string): number | undefined => {
    const text = field(name)
    if (typeof text !== 'string') return undefined
    return name === 'interval' ? parseHealthInterval(text) : inContext(`invalid healthcheck-${name}`, () => parseDuration(text))
  }
  const command = field('cmd')
  const check = {
    Test: typeof command === 'string' ? parseHealthCommand(command) : undefined,
    Interval: time('interval'),
    Timeout: time('timeout'),
    StartPeriod: kind === '' ? time('start_period') : undefined,
    Retries: field('retries') ?? undefined,
    Successes: kind === '' ? undefined : (field('success') ?? undefined),
  }
  return Object.fromEntries(Object.entries(check).filter(([, value]) => value !== undefined))
}
