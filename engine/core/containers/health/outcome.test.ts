import { expect, test } from 'vitest'

import type { HealthSettings } from '../../../store/index.ts'
import { startingHealth } from './log.ts'
import { healthAfter, type HealthResult, type StartupProgress } from './outcome.ts'

const settings: HealthSettings = {
  test: ['CMD', 'true'],
  interval: 1e9,
  timeout: 1e9,
  startPeriod: 0,
  retries: 2,
  onFailure: 'kill',
  destination: 'local',
  maxCount: 3,
  maxSize: 4,
}
const startedAt = '2026-01-01T00:00:00.000000000Z'
const result = (ExitCode: number, second = 1, Output = ''): HealthResult => {
  const time = `2026-01-01T00:00:${String(second).padStart(2, '0')}.000000000Z`
  return { Start: time, End: time, ExitCode, Output }
}

/** Every outcome of checks with these exit codes, one a second. */
function after(codes: number[], own: Partial<HealthSettings> = {}, startup?: StartupProgress) {
  let health = startingHealth
  let progress = startup
  return codes.map((code, index) => {
    const outcome = healthAfter({ ...settings, ...own }, health, result(code, index + 1), { startedAt, startup: progress })
    health = outcome.health
    progress = outcome.startup === null ? undefined : (outcome.startup ?? progress)
    return outcome
  })
}
const short = (outcomes: ReturnType<typeof after>) =>
  outcomes.map(({ health, action }) => `${health.Status} ${health.FailingStreak} ${action}`)

test('one is unhealthy after so many failures in a row, each time something is done, and healthy after one success', () => {
  expect(short(after([1, 1, 1, 0, -1, 127]))).toEqual([
    'starting 1 none',
    'unhealthy 2 kill',
    'unhealthy 3 kill',
    'healthy 0 none',
    'healthy 1 none',
    'unhealthy 2 kill',
  ])
})

test('failures in the start period do not count, a success does', () => {
  expect(short(after([1, 1, 0, 1, 1, 1], { startPeriod: 4e9 }))).toEqual([
    'starting 0 none',
    'starting 0 none',
    'healthy 0 none',
    'healthy 1 none',
    'unhealthy 2 kill',
    'unhealthy 3 kill',
  ])
})

test('the log keeps the newest results and the beginning of their output; 0 keeps all', () => {
  const kept = healthAfter(settings, { ...startingHealth, Log: [1, 2, 3].map((n) => result(n, n)) }, result(0, 4, 'äöü🙂!'), {
    startedAt,
  }).health.Log!
  expect(kept.map(({ ExitCode }) => ExitCode)).toEqual([2, 3, 0])
  expect(kept.at(-1)?.Output).toBe('äöü🙂')
  const all = after(
    Array.from({ length: 9 }, () => 0),
    { maxCount: 0, maxSize: 0 },
  )
  expect(all.at(-1)?.health.Log).toHaveLength(9)
})

test('at start-up successes in a row lead to the regular check, and too many failures to a restart', () => {
  const check = { ...settings, retries: 3 }
  const begin = { successes: 0, failures: 0 }
  const passed = after([1, 0, 1, 0, 0], { startup: { ...check, successes: 2 } }, begin)
  expect(passed.map(({ startup }) => startup)).toEqual([
    { successes: 0, failures: 1 },
    { successes: 1, failures: 0 },
    { successes: 0, failures: 1 },
    { successes: 1, failures: 0 },
    null,
  ])
  expect(short(passed)).toEqual([...Array.from({ length: 4 }, () => 'starting 0 none'), 'healthy 0 none'])
  const failed = after([1, 1, 1], { startup: { ...check, successes: 0 } }, begin)
  expect(failed.map(({ action }) => action)).toEqual(['none', 'none', 'restart'])
  const endless = after([1, 1, 1, 1, 1], { startup: { ...check, retries: 0, successes: 0 } }, begin)
  expect(endless.every(({ action }) => action === 'none')).toBe(true)
})
