import { expect, test } from 'vitest'

import { type ContainerSpec, parseInput } from '../../../contract/index.ts'
import { updateSpec } from './update-spec.ts'
import { updatedValues } from './values.ts'

const body = (value: object) => parseInput('container.update', { name: 'c', body: value as never }).body
const fields = (before: ContainerSpec, given: object, restart = {}) => updateSpec(before, body(given), restart)

/** What podman 5.4.2's remote client sends. */
test('limits, devices and health checks as podman sends them', () => {
  const given = {
    memory: { limit: 67_108_864 },
    blockIO: { weight: 300 },
    BlkIOWeightDevice: [{ Path: '/dev/zero', Weight: 100 }],
    DeviceReadBPs: [{ Path: '/dev/zero', Rate: 1_048_576 }],
  }
  expect(fields({ throttleReadBpsDevice: { '/dev/null': { rate: 1 } } }, given)).toEqual({
    resource_limits: { memory: { limit: 67_108_864 }, blockIO: { weight: 300 } },
    weightDevice: { '/dev/zero': { weight: 100 } },
    throttleReadBpsDevice: { '/dev/null': { rate: 1 }, '/dev/zero': { rate: 1_048_576 } },
  })
  const health = {
    health_max_log_count: 3,
    health_on_failure: 'kill',
    health_cmd: 'echo x',
    health_interval: '5s',
    health_retries: 2,
  }
  expect(fields({ healthconfig: { Timeout: 7 } }, health)).toEqual({
    healthconfig: { Timeout: 7, Test: ['CMD-SHELL', 'echo x'], Interval: 5e9, Retries: 2 },
    health_check_on_failure_action: 1,
    healthMaxLogCount: 3,
  })
  expect(fields({}, { no_healthcheck: true })).toEqual({ healthconfig: { Test: ['NONE'] } })
  expect(fields({}, {})).toEqual({})
})

test('the restart policy', () => {
  expect(fields({}, {}, { policy: 'on-failure', retries: 3 })).toEqual({ restart_policy: 'on-failure', restart_tries: 3 })
  expect(fields({}, {}, { policy: 'no' })).toMatchObject({ restart_tries: 0 })
  expect(() => fields({ remove: true }, {}, { policy: 'always' })).toThrow(expect.objectContaining({ code: 'InvalidArgument' }))
  expect(() => fields({}, {}, { policy: 'zz' })).toThrow('"zz" is not a valid restart policy')
})

test.each([
  [{ devices: [{ allow: true }] }, 'NotSupported'],
  [{ health_on_failure: 'explode' }, 'InvalidArgument'],
  [{ health_interval: 'soon' }, 'InvalidArgument'],
  [{ no_healthcheck: true, health_cmd: 'x' }, 'InvalidArgument'],
])('%o is refused', (given, code) => expect(() => fields({}, given)).toThrow(expect.objectContaining({ code })))

test('variables and limits of processes are added to those that there are', () => {
  const before = {
    spec: { env: { A: '1', B: '2' }, unsetenv: ['C'] },
    env: ['PATH=/bin', 'A=1', 'B=2'],
    rlimits: [{ type: 'RLIMIT_NPROC', hard: 5, soft: 5 }],
  }
  const limits = [{ type: 'RLIMIT_NPROC', hard: 9, soft: 8 }]
  expect(updatedValues(before, body({ Env: ['C=3', 'A=x=y'], UnsetEnv: ['B', 'PATH'], r_limits: limits }))).toEqual({
    spec: { env: { A: 'x=y', C: '3' }, unsetenv: ['B', 'PATH'], r_limits: limits },
    env: ['A=x=y', 'C=3'],
    rlimits: limits,
  })
  expect(updatedValues(before, body({}))).toEqual(before)
  expect(() => updatedValues(before, body({ Env: ['=x'] }))).toThrow(expect.objectContaining({ code: 'InvalidArgument' }))
})
