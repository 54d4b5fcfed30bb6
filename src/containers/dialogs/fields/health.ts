import type { ContainerSpec } from '../../../../engine/contract/index.ts'
import { badValue, inContext } from '../../../../engine/spec/bad-value.ts'
import { formatDuration, parseDuration } from '../../../../engine/spec/duration.ts'
import { onFailureActions, onFailureNumbers, parseHealthCommand, usualHealth } from '../../../../engine/spec/health.ts'
import { parseInteger } from '../../../../engine/spec/integer.ts'
import { type Field, switchField, textField } from '../../../engine/fields/field.ts'
import type { Draft } from '../draft.ts'
import { type ContainerField, containerField, type Seen } from './container-field.ts'

const usual = {
  Interval: usualHealth.interval,
  Timeout: usualHealth.timeout,
  StartPeriod: usualHealth.startPeriod,
  Retries: usualHealth.retries,
} as const

const isOn = ({ health }: Draft): boolean => health === 'command'

function requireCommand({ health, healthCommand }: Draft): void {
  if (health === 'command' && healthCommand.trim() === '') throw badValue('Enter a command.')
}

type Duration = 'healthInterval' | 'healthTimeout' | 'healthStartPeriod'

/** A duration of the check, beside the command. */
function durationField(name: Duration, flag: string, key: 'Interval' | 'Timeout' | 'StartPeriod'): Field<Draft, ContainerSpec> {
  return textField(name, `--health-${flag}`, {
    text: (draft) => (isOn(draft) ? draft[name].trim() : ''),
    read: (text) => {
      const duration = inContext('invalid healthcheck-{name}', () => parseDuration(text), { name: flag })
      if (duration < 0 || (duration === 0 && key !== 'StartPeriod')) throw badValue('Enter a duration above 0, such as 30s.')
      return { healthconfig: { [key]: duration } }
    },
  })
}

function readRetries(text: string): ContainerSpec {
  const Retries = parseInteger(text)
  if (Retries < 1) throw badValue('Enter a number above 0.')
  return { healthconfig: { Retries } }
}

interface Check {
  Test?: string[]
  Interval?: number
  Timeout?: number
  StartPeriod?: number
  Retries?: number
}

const durationText = (value: number | undefined, same: number): string =>
  value === undefined || value === same || value === 0 ? '' : formatDuration(value)

/** A check of its own; the image's says nothing here. */
function checkOf({ inspect: { Config }, image }: Seen): Partial<Draft> {
  const check = (Config['Healthcheck'] ?? {}) as Check
  const [kind, ...words] = check.Test ?? []
  const healthAction = onFailureActions.find((each) => each === Config['HealthcheckOnFailureAction']) ?? 'none'
  if (kind === undefined || JSON.stringify(check.Test) === JSON.stringify(image?.Healthcheck?.Test)) return { healthAction }
  if (kind === 'NONE') return { health: 'none' }
  return {
    health: 'command',
    healthCommand: kind === 'CMD-SHELL' ? words.join(' ') : JSON.stringify(words),
    healthInterval: durationText(check.Interval, usual.Interval),
    healthTimeout: durationText(check.Timeout, usual.Timeout),
    healthStartPeriod: durationText(check.StartPeriod, usual.StartPeriod),
    healthRetries: check.Retries === undefined || check.Retries === usual.Retries ? '' : String(check.Retries),
    healthAction,
  }
}

const needs = ['healthconfig.Test']

/** How to find out whether a container works. */
export const healthFields: readonly ContainerField[] = [
  containerField(
    switchField('health', ['--no-healthcheck'], ({ health }) => health === 'none', { healthconfig: { Test: ['NONE'] } }),
    { group: 'health', needs, fill: checkOf },
  ),
  containerField(
    textField('healthCommand', '--health-cmd', {
      text: (draft) => (isOn(draft) ? draft.healthCommand.trim() : ''),
      read: (text) => ({ healthconfig: { Test: parseHealthCommand(text), ...usual } }),
      require: requireCommand,
    }),
    { group: 'health', needs },
  ),
  containerField(durationField('healthInterval', 'interval', 'Interval'), { group: 'health', needs }),
  containerField(durationField('healthTimeout', 'timeout', 'Timeout'), { group: 'health', needs }),
  containerField(durationField('healthStartPeriod', 'start-period', 'StartPeriod'), { group: 'health', needs }),
  containerField(
    textField('healthRetries', '--health-retries', {
      text: (draft) => (isOn(draft) ? draft.healthRetries.trim() : ''),
      read: readRetries,
    }),
    { group: 'health', needs },
  ),
  containerField(
    textField('healthAction', '--health-on-failure', {
      text: ({ health, healthAction }) => (health === 'none' || healthAction === 'none' ? '' : healthAction),
      read: (text) => ({ health_check_on_failure_action: onFailureNumbers[text] ?? 0 }),
    }),
    { group: 'health', needs: ['health_check_on_failure_action'] },
  ),
]
