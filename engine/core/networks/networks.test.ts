import { expect, test, vi } from 'vitest'

import { fakeRuns } from '../containers/lifecycle/fixtures/fake-run.ts'
import { defaultNetwork, hostRoutes } from './default-network.ts'
import { formatAddress, formatBlock, overlaps, parseAddress, parseBlock } from '../../lib/host/ip-blocks.ts'
import { releaseAddresses, takeStaticAddress } from '../../store/index.ts'
import { toRuns } from './ports.ts'

test('addresses become numbers and back', () => {
  for (const text of ['0.0.0.0', '10.87.0.2', '255.255.255.255', '::', '::1', 'fd11::1', '2001:db8::ff00:42:8329'])
    expect(formatAddress(parseAddress(text))).toBe(text)
  expect(formatAddress(parseAddress('::ffff:10.0.0.1'))).toBe('::ffff:a00:1')
  for (const text of ['10.0.0', '10.0.0.256', '10.0.0.0.1', 'a.b.c.d', '1e1.0.0.0', '', 'fd11::1%eth0', 'fd11:::1'])
    expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: 'InvalidArgument' }))
})

test('a subnet begins at its network address', () => {
  expect(formatBlock(parseBlock('10.87.3.4/16'))).toBe('10.87.0.0/16')
  expect(formatBlock(parseBlock('fd11:2::5/64'))).toBe('fd11:2::/64')
  for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/x', '/8', 'fd11::/129'])
    expect(() => parseBlock(text)).toThrow(expect.objectContaining({ code: 'InvalidArgument' }))
  expect(overlaps(parseBlock('10.0.0.0/8'), parseBlock('10.87.0.0/16'))).toBe(true)
  expect(overlaps(parseBlock('10.88.0.0/16'), parseBlock('10.87.0.0/16'))).toBe(false)
  expect(overlaps(parseBlock('::/0'), parseBlock('10.87.0.0/16'))).toBe(false)
})

test("the host's routes are read, without the default route and our own bridge's", () => {
  const table = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'eth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
    'berth0\t0000570A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
  ].join('\n')
  expect(hostRoutes(table)).toEqual([parseBlock('192.168.0.0/16')])
})

test('a port of several protocols is published for each', () => {
  expect(
    toRuns([{ container_port: 80, host_port: 8080, protocol: 'tcp,udp' }]).map(({ protocol, hostPort, range }) => [
      protocol,
      hostPort,
      range,
    ]),
  ).toEqual([
    ['tcp', 8080, 1],
    ['udp', 8080, 1],
  ])
})

test('the default network is kept with a version; an older one is read, a newer or damaged one refused', async () => {
  const runs = fakeRuns()
  const { database } = runs.context
  const put = (value: unknown) =>
    database.transaction(() => database.run(`UPDATE settings SET value = ? WHERE key = 'network:podman'`, JSON.stringify(value)))
  try {
    const network = await defaultNetwork(runs.context)
    const [row] = database.all(`SELECT value FROM settings WHERE key = 'network:podman'`)
    expect(JSON.parse(String(row!['value']))).toEqual({ version: 2, network })
    await put(network)
    expect(await defaultNetwork(runs.context)).toEqual(network)
    await put({ version: 3, network })
    await expect(defaultNetwork(runs.context)).rejects.toMatchObject({ code: 'StoreUnsuitable' })
    for (const damaged of [{ version: 2 }, { version: 2, network: {} }, {}, 5, null, 'x']) {
      await put(damaged)
      await expect(defaultNetwork(runs.context)).rejects.toMatchObject({ code: 'StoreCorrupt' })
    }
  } finally {
    await runs.close()
  }
})

test('the default network follows default_subnet of containers.conf, but not while a container is in it', async () => {
  const runs = fakeRuns()
  const { context } = runs
  const conf = await context.conf()
  const configure = (defaultSubnet: string | undefined) =>
    vi.spyOn(context, 'conf').mockResolvedValue({ ...conf, network: { ...conf.network, defaultSubnet } })
  try {
    const first = await defaultNetwork(context)
    configure('10.199.0.0/24')
    const id = await runs.create()
    await context.database.transaction(() => takeStaticAddress(context.database, 'podman', 7n, '10.0.0.7', id))
    expect(await defaultNetwork(context)).toEqual(first)
    await context.database.transaction(() => releaseAddresses(context.database, id))
    const moved = { ...first, subnets: [{ subnet: '10.199.0.0/24', gateway: '10.199.0.1' }] }
    expect(await defaultNetwork(context)).toEqual(moved)
    configure(undefined)
    expect(await defaultNetwork(context)).toEqual(moved)
  } finally {
    vi.restoreAllMocks()
    await runs.close()
  }
})
