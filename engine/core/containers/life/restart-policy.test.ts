import { expect, test } from 'vitest'

import { bootId } from '../../../lib/process.ts'
import { type ContainerRecord, freshState } from '../../../store/index.ts'
import { shallRestart } from './restart-policy.ts'

function record(name: string, state: Partial<ContainerRecord['state']>, maximumRetries = 0): ContainerRecord {
  return {
    config: { restart: { name, maximumRetries } },
    state: { ...freshState(), status: 'running', bootId: bootId(), ...state },
  } as ContainerRecord
}

const after = (before: ContainerRecord, exitCode: number): ContainerRecord => ({
  ...before,
  state: { ...before.state, status: 'exited', exitCode },
})
const decide = (before: ContainerRecord, exitCode: number) => shallRestart(after(before, exitCode), before)

test('always and unless-stopped whatever the exit code, no never', () => {
  expect(decide(record('always', {}), 0)).toBe(true)
  expect(decide(record('unless-stopped', {}), 1)).toBe(true)
  expect(decide(record('no', {}), 1)).toBe(false)
  expect(decide(record('', {}), 1)).toBe(false)
})

test('on-failure only after a failure, and only so often', () => {
  expect(decide(record('on-failure', {}), 0)).toBe(false)
  expect(decide(record('on-failure', { restarts: 100 }), 1)).toBe(true)
  expect(decide(record('on-failure', { restarts: 1 }, 2), 1)).toBe(true)
  expect(decide(record('on-failure', { restarts: 2 }, 2), 1)).toBe(false)
})

test('not after a stop by a person, nor after a reboot', () => {
  expect(decide(record('always', { stoppedByUser: true }), 0)).toBe(false)
  expect(decide(record('always', { status: 'stopping' }), 0)).toBe(false)
  expect(decide(record('always', { bootId: 'another' }), 0)).toBe(false)
})
