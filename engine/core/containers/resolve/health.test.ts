import { expect, test } from 'vitest'

import type { ContainerSpec, HealthConfig } from '../../../contract/index.ts'
import { resolveHealth } from './health.ts'

const resolve = (spec: ContainerSpec, image?: HealthConfig) => resolveHealth(spec, image)
const check = { Test: ['CMD', 'true'] }
const usual = { interval: 30e9, timeout: 30e9, startPeriod: 0, retries: 3 }
const settings = { ...usual, onFailure: 'none', destination: 'local', maxCount: 5, maxSize: 500 }

test.each<[string, ContainerSpec, HealthConfig | undefined, object | undefined]>([
  ['nothing asks for one', {}, undefined, undefined],
  ['the request alone', { healthconfig: check }, undefined, { ...settings, test: ['CMD', 'true'] }],
  [
    'the image alone',
    {},
    { ...check, Interval: 2e9, Retries: 1 },
    { ...settings, test: ['CMD', 'true'], interval: 2e9, retries: 1 },
  ],
  [
    'what the request leaves open is the image’s',
    { healthconfig: { Interval: 5e9 } },
    { ...check, Interval: 2e9, Timeout: 4e9 },
    { ...settings, test: ['CMD', 'true'], interval: 5e9, timeout: 4e9 },
  ],
  ['the request turns it off', { healthconfig: { Test: ['NONE'] } }, check, undefined],
  ['the image turns it off', {}, { Test: ['NONE'] }, undefined],
  ['an interval without a command', { healthconfig: { Interval: 5e9 } }, undefined, undefined],
  ['no timer', { healthconfig: { ...check, Interval: 0 } }, undefined, { ...settings, test: ['CMD', 'true'], interval: 0 }],
  [
    'limits of the log, 0 for none',
    { healthconfig: check, healthMaxLogCount: 0, healthMaxLogSize: 7, healthLogDestination: '/tmp' },
    undefined,
    { ...settings, test: ['CMD', 'true'], maxCount: 0, maxSize: 7, destination: '/tmp' },
  ],
  [
    'an action by number or name',
    { healthconfig: check, health_check_on_failure_action: 4 },
    undefined,
    { ...settings, test: ['CMD', 'true'], onFailure: 'stop' },
  ],
  [
    'a check of the start-up, without a limit of failures',
    { healthconfig: check, startupHealthConfig: { Test: ['CMD-SHELL', 'x'], Interval: 1e9, Successes: 2 } },
    undefined,
    {
      ...settings,
      test: ['CMD', 'true'],
      startup: { ...usual, test: ['CMD-SHELL', 'x'], interval: 1e9, retries: 0, successes: 2 },
    },
  ],
])('%s', (_, spec, image, expected) => {
  expect(resolve(spec, image)).toEqual(expected)
})

test.each<[ContainerSpec, RegExp]>([
  [{ healthconfig: { ...check, Timeout: -1 } }, /healthcheck-timeout must be greater than 0/],
  [{ healthconfig: { ...check, Interval: -1 } }, /healthcheck-interval must be greater than 0/],
  [{ healthconfig: { ...check, StartPeriod: -1 } }, /healthcheck-start-period must be 0 seconds or greater/],
  [{ healthconfig: { ...check, Retries: -1 } }, /healthcheck-retries must be greater than 0/],
  [{ healthconfig: { Test: ['CMD-SHELL'] } }, /must define a healthcheck command/],
  [{ healthconfig: check, health_check_on_failure_action: 9 }, /invalid on-failure action 9/],
  [{ healthconfig: check, healthLogDestination: '/nonexistent' }, /\/nonexistent/],
  [{ healthconfig: check, healthMaxLogCount: -1 }, /healthMaxLogCount/],
  [{ startupHealthConfig: check }, /startup healthcheck when there is no regular/],
  [{ health_check_on_failure_action: 'kill' }, /on-failure action to kill without a health check/],
])('%j is refused', (spec, sentence) => {
  expect(() => resolve(spec)).toThrow(
    expect.objectContaining({ code: 'InvalidArgument', message: expect.stringMatching(sentence) }),
  )
})
