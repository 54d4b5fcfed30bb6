import { expect, test } from 'vitest'

import type { PodSpec } from '../../contract/index.ts'
import { checkPodNetwork } from './check-network.ts'

const context = (rootless: boolean, netns?: string) =>
  ({ identity: { rootless }, conf: async () => ({ containers: { netns } }) }) as never

const portmappings = [{ container_port: 80, host_port: 80 }]
const Networks = { default: { static_ips: ['10.0.0.9'] } }

test.each<[PodSpec, string]>([
  [{ portmappings, netns: { nsmode: 'host' } }, 'PortMappings can only be used with Bridge, slirp4netns, or pasta networking'],
  [{ portmappings, netns: { nsmode: 'none' } }, 'PortMappings can only be used with Bridge, slirp4netns, or pasta networking'],
  [{ Networks }, 'invalid config provided: networks and static ip/mac address can only be used with Bridge mode networking'],
])('%j is refused with the message of podman', async (spec, message) => {
  await expect(checkPodNetwork(context(true), spec, ['net'])).rejects.toMatchObject({ code: 'InvalidArgument', message })
})

test('ports of a pod that shares nothing lead nowhere', async () => {
  await expect(checkPodNetwork(context(true), { portmappings }, [])).rejects.toThrow('you must have an infra container')
})

test('addresses are for bridges: what is asked for, root has anyway, or containers.conf says', async () => {
  await checkPodNetwork(context(true), { portmappings, Networks: { back: {} } }, ['net'])
  await checkPodNetwork(context(true), { Networks, netns: { nsmode: 'bridge' } }, ['net'])
  await checkPodNetwork(context(true, 'bridge'), { Networks }, ['net'])
  await checkPodNetwork(context(false), { Networks }, ['net'])
})
