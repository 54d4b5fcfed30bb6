import { statSync } from 'node:fs'
import path from 'node:path'

import type { ContainerSpec, HealthConfig, StartupHealthConfig } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import type { ImageHealthcheck } from '../../../image/config.ts'
import {
  checkHealthNumbers,
  onFailureActions,
  onFailureNumbers,
  type OnFailureAction,
  usualHealth,
} from '../../../spec/health.ts'
import type { HealthCheck, HealthSettings } from '../../../store/index.ts'

/**
 * What is checked: the request's check, and what it leaves open from the image's.
 *
 * @returns `undefined` where neither has a check, or the request turns the image's off.
 * @throws EngineError `InvalidArgument`, with podman's messages.
 */
export function resolveHealth(spec: ContainerSpec, image: ImageHealthcheck | undefined): HealthSettings | undefined {
  const check = resolveCheck(spec.healthconfig ?? {}, image ?? {}, 'healthconfig')
  const startup = resolveStartup(spec.startupHealthConfig ?? undefined)
  const onFailure = resolveAction(spec)
  const destination = spec.healthLogDestination || 'local'
  checkDestination(destination)
  if (!check) {
    const none = 'cannot set a startup healthcheck when there is no regular healthcheck: invalid argument'
    if (startup) throw wrong('startupHealthConfig', none)
    if (onFailure !== 'none')
      throw wrong('health_check_on_failure_action', `cannot set on-failure action to ${onFailure} without a health check`)
    return undefined
  }
  return {
    ...check,
    ...(startup ? { startup } : {}),
    onFailure,
    destination,
    maxCount: count(spec.healthMaxLogCount, usualHealth.logCount, 'healthMaxLogCount'),
    maxSize: count(spec.healthMaxLogSize, usualHealth.logSize, 'healthMaxLogSize'),
  }
}

function resolveCheck(own: HealthConfig, image: ImageHealthcheck, field: string): HealthCheck | undefined {
  const test = own.Test?.length ? own.Test : (image.Test ?? [])
  if (test.length === 0 || test[0] === 'NONE' || test[0] === '') return undefined
  const words = test[0] === 'CMD' || test[0] === 'CMD-SHELL' ? test.slice(1) : test
  if (words.join('') === '') throw wrong(`${field}.Test`, 'must define a healthcheck command for all healthchecks')
  const whole = { ...image, ...own }
  checkHealthNumbers({ ...whole, Timeout: whole.Timeout || undefined, Retries: whole.Retries || undefined })
  return {
    test: [...test],
    interval: own.Interval ?? image.Interval ?? usualHealth.interval,
    timeout: own.Timeout || image.Timeout || usualHealth.timeout,
    startPeriod: own.StartPeriod ?? image.StartPeriod ?? usualHealth.startPeriod,
    retries: own.Retries || image.Retries || usualHealth.retries,
  }
}

function resolveStartup(asked: StartupHealthConfig | undefined): HealthSettings['startup'] {
  if (!asked) return undefined
  // Without a limit they are tried for ever.
  const { Retries, ...rest } = asked
  const check = resolveCheck(rest, {}, 'startupHealthConfig')
  if (!check) return undefined
  return {
    ...check,
    retries: count(Retries, 0, 'startupHealthConfig.Retries'),
    successes: count(asked.Successes, 0, 'startupHealthConfig.Successes'),
  }
}

function resolveAction(spec: ContainerSpec): OnFailureAction {
  const asked = spec.health_check_on_failure_action || 'none'
  const action = onFailureActions.find((each) => asked === each || asked === onFailureNumbers[each])
  if (action !== undefined) return action
  throw wrong(
    'health_check_on_failure_action',
    `invalid on-failure action ${JSON.stringify(asked)} for health check: supported actions are ${onFailureActions.join(',')}`,
  )
}

/** @throws EngineError `InvalidArgument` for a folder that results cannot be written to. */
function checkDestination(destination: string): void {
  if (destination === 'local' || destination === 'events_logger') return
  const found = path.isAbsolute(destination) ? statSync(destination, { throwIfNoEntry: false }) : undefined
  if (found?.isDirectory()) return
  const reason = found ? 'it is not a folder' : `stat ${destination}: no such file or directory`
  throw wrong('healthLogDestination', `HealthCheck Log '${destination}' destination error: ${reason}`)
}

function count(value: number | undefined, usual: number, field: string): number {
  if (value === undefined) return usual
  if (Number.isInteger(value) && value >= 0) return value
  throw wrong(field, `${field} must be a whole number from 0 on, not ${value}`)
}

function wrong(field: string, message: string): EngineError {
  return new EngineError('InvalidArgument', message, { details: { field } })
}
