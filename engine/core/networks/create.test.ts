import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { parseInput } from '../../contract/index.ts'
import { type FakeRuns, fakeRuns } from '../containers/lifecycle/fixtures/fake-run.ts'
import { create } from './create.ts'
import { networkFile } from './find.ts'
import { inspect } from './inspect.ts'
import { list } from './list.ts'
import { prune } from './prune.ts'
import { remove } from './remove.ts'
import { update } from './update.ts'

let runs: FakeRuns
beforeEach(() => {
  runs = fakeRuns()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await runs.close()
})

const make = (body: object) => create(runs.context, parseInput('network.create', { body: { dns_enabled: true, ...body } }))
const names = async (filters: Record<string, string[]> = {}) =>
  (await list(runs.context, parseInput('network.list', { filters }))).map(({ name }) => name)

test('what is not said is chosen: a bridge, a subnet that nobody has, a gateway', async () => {
  const [one, two] = [await make({ name: 'one' }), await make({ ipv6_enabled: true })]
  expect(one).toMatchObject({ driver: 'bridge', dns_enabled: true, ipam_options: { driver: 'host-local' } })
  expect(one.subnets).toEqual([
    { subnet: expect.stringMatching(/^10\.(3[2-9]|4[0-7])\.\d+\.0\/24$/), gateway: expect.any(String) },
  ])
  expect(two.subnets!.map(({ subnet }) => subnet.includes(':'))).toEqual([false, true])
  expect(two.name).toBe(two.network_interface)
  expect(two.subnets![0]).not.toEqual(one.subnets![0])
  expect(JSON.parse(readFileSync(networkFile(runs.context, 'one'), 'utf8'))).toMatchObject({ name: 'one', id: one.id })
})

test('an internal network has a gateway only for its name server', async () => {
  expect((await make({ name: 'a', internal: true })).subnets![0]).toHaveProperty('gateway')
  expect((await make({ name: 'b', internal: true, dns_enabled: false })).subnets![0]).not.toHaveProperty('gateway')
  expect(await make({ name: 'c', ipam_options: { driver: 'none' } })).not.toHaveProperty('subnets')
})

test.each([
  [{ name: 'a/b' }, 'NameInvalid', /names must match/],
  [{ name: 'host' }, 'NameInvalid', /network mode/],
  [{ name: 'podman' }, 'NetworkExists', /already used/],
  [{ driver: 'overlay' }, 'InvalidArgument', /unsupported driver overlay/],
  [{ options: { speed: '1' } }, 'InvalidArgument', /unsupported bridge network option speed/],
  [{ options: { vlan: '5000' } }, 'InvalidArgument', /from 0 to 4094/],
  [{ options: { isolate: 'maybe' } }, 'InvalidArgument', /true or false/],
  [{ subnets: [{ subnet: '10.1.0.0' }] }, 'InvalidArgument', /invalid CIDR/],
  [{ subnets: [{ subnet: '10.1.0.0/32' }] }, 'InvalidArgument', /no room/],
  [{ subnets: [{ subnet: '10.1.0.0/24' }, { subnet: '10.1.0.128/25' }] }, 'InvalidArgument', /already used/],
  [{ subnets: [{ subnet: '10.1.0.0/24', gateway: '10.2.0.1' }] }, 'InvalidArgument', /not in subnet/],
  [
    { subnets: [{ subnet: '10.1.0.0/24', lease_range: { start_ip: '10.1.0.9', end_ip: '10.1.0.8' } }] },
    'InvalidArgument',
    /empty/,
  ],
  [{ routes: [{ destination: '10.9.0.0/24', gateway: '10.1.0.1' }] }, 'InvalidArgument', /in no subnet/],
  [{ dns_enabled: false, network_dns_servers: ['192.0.2.1'] }, 'InvalidArgument', /DNS is not enabled/],
  [{ network_dns_servers: ['here'] }, 'InvalidArgument', /unable to parse ip here/],
  [{ network_interface: 'lo' }, 'InvalidArgument', /already in use/],
  [{ network_interface: 'a name that is long' }, 'InvalidArgument', /invalid/],
  [{ ipam_options: { driver: 'dhcp' }, subnets: [{ subnet: '10.1.0.0/24' }] }, 'InvalidArgument', /leave the subnets out/],
  [{ ipam_options: { driver: 'static' } }, 'InvalidArgument', /unsupported ipam driver "static"/],
  [{ driver: 'ipvlan' }, 'InvalidArgument', /ipam driver dhcp is not supported with ipvlan/],
  [{ driver: 'macvlan', options: { parent: 'nope9' } }, 'InvalidArgument', /^parent interface nope9 does not exist$/],
  [{ driver: 'macvlan', options: { mode: 'private', vlan: '3' } }, 'InvalidArgument', /unsupported macvlan network option vlan/],
])('%j is refused', async (body, code, message) => {
  await expect(make({ ...body })).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  expect(await names()).toEqual(['podman'])
})

test('a macvlan has the addresses of a DHCP server, unless it has subnets; ordinary users reach none', async () => {
  const { driver, ipam_options, ...leased } = await make({ name: 'leased', driver: 'macvlan' })
  expect([driver, ipam_options, leased.dns_enabled]).toEqual(['macvlan', { driver: 'dhcp' }, false])
  expect(leased).not.toHaveProperty('subnets')
  const own = await make({ name: 'own', driver: 'macvlan', subnets: [{ subnet: '10.1.0.0/24' }], options: { parent: 'lo' } })
  expect(own).toMatchObject({ network_interface: 'lo', ipam_options: { driver: 'host-local' } })
  Object.assign(runs.context.identity, { rootless: true })
  for (const body of [{ ipam_options: { driver: 'dhcp' } }, { driver: 'macvlan' }])
    await expect(make(body)).rejects.toMatchObject({ code: 'NotSupported' })
})

test('lists are filtered, unused ones pruned, the default one kept', async () => {
  await make({ name: 'front', labels: { tier: 'web' } })
  await make({ name: 'back' })
  await runs.create({ networks: { back: {} } })
  expect(await names({ name: ['^b'] })).toEqual(['back'])
  expect(await names({ label: ['tier=web'] })).toEqual(['front'])
  expect(await names({ dangling: ['false'] })).toEqual(['back', 'podman'])
  await expect(names({ colour: ['red'] })).rejects.toMatchObject({ code: 'InvalidArgument' })
  const rm = (name: string) => remove(runs.context, parseInput('network.remove', { name }), {})
  await expect(rm('back')).rejects.toMatchObject({ code: 'NetworkInUse' })
  await expect(rm('podman')).rejects.toMatchObject({ code: 'NotSupported' })
  expect(await prune(runs.context, { filters: {} })).toEqual([{ Name: 'front', Error: null }])
  expect(await names()).toEqual(['back', 'podman'])
})

test('a list marks the default network of containers.conf, which a prune keeps', async () => {
  await make({ name: 'site' })
  const conf = await runs.context.conf()
  vi.spyOn(runs.context, 'conf').mockResolvedValue({ ...conf, network: { ...conf.network, defaultNetwork: 'site' } })
  const marked = (await list(runs.context, parseInput('network.list', {}))).filter(({ default: isDefault }) => isDefault)
  expect(marked.map(({ name }) => name)).toEqual(['site'])
  expect(await prune(runs.context, { filters: {} })).toEqual([])
})

test('name servers of a network are changed', async () => {
  await make({ name: 'shop', network_dns_servers: ['192.0.2.1'] })
  const body = { adddnsservers: ['192.0.2.2'], removednsservers: ['192.0.2.1'] }
  await update(runs.context, parseInput('network.update', { name: 'shop', body }))
  expect((await inspect(runs.context, { name: 'shop' })).network_dns_servers).toEqual(['192.0.2.2'])
})

test('subnets come from the pools of containers.conf', async () => {
  const conf = await runs.context.conf()
  const pools = [{ base: '10.250.0.0/23', size: 24 }]
  vi.spyOn(runs.context, 'conf').mockResolvedValue({ ...conf, network: { ...conf.network, defaultSubnetPools: pools } })
  const subnets = [await make({ name: 'a' }), await make({ name: 'b' })].map(({ subnets: found }) => found![0]!.subnet)
  expect(subnets).toEqual(['10.250.0.0/24', '10.250.1.0/24'])
  await expect(make({ name: 'c' })).rejects.toMatchObject({ code: 'AddressExhausted' })
})
