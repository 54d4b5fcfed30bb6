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

test('publishing all exposed ports leaves those that are mapped', async () => {
  const exposed = resolveExposed({ expose: { '90-91': 'udp' } }, ['80/tcp', '443'])
  expect(exposed).toEqual(['80/tcp', '443/tcp', '90/udp', '91/udp'])
  const ports = await resolvePorts(
    { publish_image_ports: true, portmappings: [{ container_port: 80, host_port: 8080 }] },
    exposed,
  )
  expect(ports.map(({ container_port }) => container_port).toSorted((a, b) => a - b)).toEqual([80, 90, 91, 443])
})

test('ports of one address and protocol are in the order of their host ports', async () => {
  const portmappings = [
    { container_port: 80, host_port: 8088 },
    { container_port: 53, host_port: 53, protocol: 'udp' },
    { container_port: 81, host_port: 81 },
  ]
  const ports = await resolvePorts({ portmappings }, [])
  expect(ports.map(({ host_port }) => host_port)).toEqual([81, 8088, 53])
})
