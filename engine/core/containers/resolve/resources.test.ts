import { expect, test } from 'vitest'

import type { ContainerSpec } from '../../../contract/index.ts'
import type { Context } from '../../context.ts'
import { resolveResources } from './resources.ts'

/** A host with control groups of version 1, or an ordinary user on one without a group of their own. */
const context = (rootless: boolean, mode = 'v1') =>
  ({
    cgroups: { mode, root: '/nonexistent', unifiedControllers: ['memory', 'io', 'hugetlb'] },
    identity: { rootless, realUid: 4242, userName: 'someone' },
    cgroupManager: async () => 'cgroupfs',
  }) as unknown as Context
const conf = { containers: {} } as never
const limits = (spec: ContainerSpec, of = context(false, 'v2'), warnings?: string[]) => resolveResources(of, spec, conf, warnings)

test('a user without a control group is warned, and what is there is not limited', async () => {
  const warnings: string[] = []
  const spec = { resource_limits: { memory: { limit: 2 ** 26 } } }
  expect(await limits(spec, context(true), warnings)).toEqual({})
  expect(warnings).toEqual([
    expect.stringContaining('Resource limits are not supported and ignored on cgroups V1 rootless systems'),
  ])
  await expect(limits(spec, context(true))).rejects.toThrow(expect.objectContaining({ code: 'LimitUnavailable' }))
})

test('limits of devices, huge pages and files of the control group reach the runtime', async () => {
  const spec: ContainerSpec = {
    resource_limits: {
      blockIO: { weight: 300 },
      hugepageLimits: [{ pageSize: '2MB', limit: 5, more: 1 }],
      unified: { 'memory.high': '5' },
    },
    unified: { 'memory.low': '4' },
    throttleReadBpsDevice: { '/dev/zero': { rate: 7 } },
  }
  expect(await limits(spec)).toEqual({
    blockIO: { weight: 300, throttleReadBpsDevice: [{ major: 1, minor: 5, rate: 7 }] },
    hugepageLimits: [{ pageSize: '2MB', limit: 5 }],
    unified: { 'memory.high': '5', 'memory.low': '4' },
  })
})

test.each<[ContainerSpec, string, string]>([
  [{ unified: { 'memory.high': '5' } }, 'NotSupported', 'v1'],
  [{ unified: { '../memory.high': '5' } }, 'InvalidArgument', 'v2'],
  [{ resource_limits: { hugepageLimits: [{ pageSize: '../2MB', limit: 5 }] } }, 'InvalidArgument', 'v2'],
  [{ resource_limits: { cpu: { realtimeRuntime: 5 } } }, 'LimitUnavailable', 'v2'],
  [{ resource_limits: { rdma: { mlx: { hcaHandles: 5 } } } }, 'LimitUnavailable', 'v2'],
  [{ resource_limits: { memory: { disableOOMKiller: true } } }, 'NotSupported', 'v2'],
  [{ cgroups_mode: 'disabled', resource_limits: { blockIO: { weight: 300 } } }, 'InvalidArgument', 'v2'],
])('%o is refused (%s, %s)', async (spec, code, mode) => {
  await expect(limits(spec, context(false, mode), [])).rejects.toThrow(expect.objectContaining({ code }))
})
