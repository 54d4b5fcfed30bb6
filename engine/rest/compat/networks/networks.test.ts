import { expect, test } from 'vitest'

import type { Network } from '../../../contract/index.ts'
import { serveFake } from '../../http/testing.ts'

const network: Network = {
  name: 'podman',
  id: 'f'.repeat(64),
  driver: 'bridge',
  created: '2026-11-29T00:00:00Z',
  subnets: [{ subnet: '10.88.0.0/16', gateway: '10.88.0.1' }],
  ipv6_enabled: false,
  internal: false,
  dns_enabled: false,
  ipam_options: { driver: 'host-local' },
  containers: {
    ['a'.repeat(64)]: {
      name: 'web',
      interfaces: { eth0: { mac_address: '02:00:00:00:00:01', subnets: [{ ipnet: '10.88.0.2/16' }] } },
    },
  },
}

const request = (method: string, path: string, body?: object): string => {
  const text = body ? JSON.stringify(body) : ''
  return `${method} ${path} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`
}

test('Docker’s bridge is the default network, with its containers', async () => {
  const asked: unknown[] = []
  await using served = await serveFake({
    'network.list': async (input) => {
      asked.push(input)
      return [network]
    },
    'network.inspect': async ({ name }) => ({ ...network, name }),
  })
  const list = await served.raw(request('GET', '/v1.41/networks?filters={"name":["bridge"],"type":["builtin"]}'))
  expect(JSON.parse(list.split('\r\n\r\n')[1]!)).toMatchObject([
    {
      Name: 'bridge',
      Scope: 'local',
      IPAM: { Driver: 'default', Config: [{ Subnet: '10.88.0.0/16', Gateway: '10.88.0.1' }] },
      Containers: { ['a'.repeat(64)]: { Name: 'web', IPv4Address: '10.88.0.2/16' } },
    },
  ])
  expect(asked).toMatchObject([{ filters: { name: ['podman'] }, containers: true }])
  expect(await served.raw(request('GET', '/v1.41/networks/bridge'))).toContain('"Name":"bridge"')
})

test('a network is created and containers join it as Docker says it', async () => {
  const asked: unknown[] = []
  await using served = await serveFake({
    'network.create': async (input) => {
      asked.push(input)
      return network
    },
    'network.connect': async (input) => void asked.push(input),
    'network.disconnect': async (input) => void asked.push(input),
  })
  const config = [{ Subnet: '10.9.0.0/24', IPRange: '10.9.0.128/25', Gateway: '10.9.0.1' }]
  const made = await served.raw(
    request('POST', '/v1.41/networks/create', { Name: 'n', IPAM: { Driver: 'default', Config: config }, Labels: null }),
  )
  expect(made).toMatch(/^HTTP\/1\.1 201 [^]*"Id":"f{64}"/)
  const endpoint = { Aliases: ['db'], IPAMConfig: { IPv4Address: '10.9.0.7' } }
  await served.raw(request('POST', '/v1.41/networks/n/connect', { Container: 'web', EndpointConfig: endpoint }))
  await served.raw(request('POST', '/v1.41/networks/n/disconnect', { Container: 'web', Force: true }))
  expect(asked).toMatchObject([
    {
      body: {
        name: 'n',
        driver: 'bridge',
        dns_enabled: true,
        subnets: [{ subnet: '10.9.0.0/24', gateway: '10.9.0.1', lease_range: { start_ip: '10.9.0.128', end_ip: '10.9.0.255' } }],
      },
    },
    { name: 'n', body: { container: 'web', aliases: ['db'], static_ips: ['10.9.0.7'] } },
    { name: 'n', body: { container: 'web', force: true } },
  ])
})
