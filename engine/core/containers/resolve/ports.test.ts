import { expect, test } from 'vitest'

import { resolveExposed, resolvePorts } from './ports.ts'

test('a mapping for two protocols becomes two, and a missing host port is chosen', async () => {
  const [tcp, udp] = await resolvePorts({ portmappings: [{ container_port: 53, protocol: 'tcp,udp', host_port: 5353 }] }, [])
  expect(tcp).toEqual({ host_ip: '', container_port: 53, host_port: 5353, range: 1, protocol: 'tcp' })
  expect(udp?.protocol).toBe('udp')
  const [chosen] = await resolvePorts({ portmappings: [{ container_port: 80, host_ip: '127.0.0.1' }] }, [])
  expect(chosen?.host_port).toBeGreaterThan(1023)
})

test('the same host port twice is refused, on two addresses it is not', async () => {
  const mapping = (host_ip: string, host_port: number, range = 1) => ({ host_ip, host_port, container_port: 80, range })
  await expect(resolvePorts({ portmappings: [mapping('', 8000, 10), mapping('127.0.0.1', 8005)] }, [])).rejects.toThrow(
    'conflicting port mappings for host port 8005',
  )
  await expect(
    resolvePorts({ portmappings: [mapping('127.0.0.1', 8000), mapping('127.0.0.2', 8000)] }, []),
  ).resolves.toHaveLength(2)
})

test('those of an address and protocol are together, by their host ports', async () => {
  const mapping = (host_port: number, protocol = 'tcp', host_ip = '') => ({ host_ip, host_port, container_port: 80, protocol })
  const given = [mapping(9002), mapping(9001), mapping(53, 'udp'), mapping(9000, 'tcp', '127.0.0.1'), mapping(5000)]
  const ports = await resolvePorts({ portmappings: given }, [])
  expect(ports.map(({ host_port }) => host_port)).toEqual([5000, 9001, 9002, 53, 9000])
})

test('ports that follow each other, on both sides, are one run', async () => {
  const mapping = (host_port: number, container_port: number) => ({ host_port, container_port })
  const ports = await resolvePorts({ portmappings: [mapping(9081, 81), mapping(9080, 80), mapping(9082, 90)] }, [])
  expect(ports.map(({ host_port, container_port, range }) => [host_port, container_port, range])).toEqual([
    [9080, 80, 2],
    [9082, 90, 1],
  ])
})

test('publishing all exposed ports leaves those that are mapped', async () => {
  const exposed = resolveExposed({ expose: { '90-91': 'udp' } }, ['80/tcp', '443'])
  expect(exposed).toEqual(['80/tcp', '443/tcp', '90/udp', '91/udp'])
  const ports = await resolvePorts(
    { publish_image_ports: true, portmappings: [{ container_port: 80, host_port: 8080 }] },
    exposed,
  )
  expect(ports.map(({ container_port }) => container_port).toSorted((a, b) => a - b)).toEqual([80, 90, 91, 443])
})
