import { expect, test } from 'vitest'

import { bootId } from '../../../lib/process/process.ts'
import { type ContainerRecord, freshState } from '../../../store/index.ts'
import { restartDelay, shouldRestart, shouldStartOnBoot } from './restart-policy.ts'
import { newStopper } from './stoppers.ts'

function record(name: string, state: Partial<ContainerRecord['state']>, maximumRetries = 0): ContainerRecord {
  return {
    config: { restart: { name, maximumRetries } },
    state: { ...freshState(), status: 'running', bootId: bootId(), ...state },
  } as ContainerRecord
}

const decide = ({ config, state }: ContainerRecord, exitCode: number) =>
  shouldRestart({ config, state: { ...state, status: 'stopped', exitCode } })

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

test('not after a stop, by a person or for a shutdown, nor after a reboot', () => {
  expect(decide(record('always', { stoppedByUser: true }), 0)).toBe(false)
  expect(decide(record('always', { stoppers: [newStopper('shutdown')] }), 0)).toBe(false)
  expect(decide(record('always', { bootId: 'another' }), 0)).toBe(false)
})

test('a restart that was given up halfway is no stop', () => {
  expect(decide(record('always', { stoppers: [newStopper('restart')] }), 0)).toBe(true)
})

test('at boot: always, unless-stopped unless a person stopped it, on-failure never', () => {
  expect(shouldStartOnBoot(record('always', { stoppedByUser: true }))).toBe(true)
  expect(shouldStartOnBoot(record('unless-stopped', {}))).toBe(true)
  expect(shouldStartOnBoot(record('unless-stopped', { stoppedByUser: true }))).toBe(false)
  expect(shouldStartOnBoot(record('on-failure', { exitCode: 1 }))).toBe(false)
  expect(shouldStartOnBoot(record('no', {}))).toBe(false)
})

test('a crash loop waits longer each time, up to a minute; one that ran for a while starts again at once', () => {
  const ran = (seconds: number, delay?: number) =>
    restartDelay(
      record('always', {
        startedAt: '2026-11-28T10:00:00.000000000Z',
        finishedAt: new Date(Date.parse('2026-11-28T10:00:00Z') + seconds * 1000).toISOString(),
        ...(delay === undefined ? {} : { restartDelay: delay }),
      }),
    )
  expect([ran(1), ran(1, 0), ran(1, 100), ran(9.9, 25_600), ran(1, 51_200), ran(1, 60_000)]).toEqual([
    0, 100, 200, 51_200, 60_000, 60_000,
  ])
  expect(ran(10, 60_000)).toBe(0)
})
