import { expect, test } from 'vitest'

import type { ContainerSummary } from '../live/live-data.ts'
import { emptyPort, type Port } from './port-rows.ts'
import { usedPort } from './used-ports.ts'

const container = (name: string, port: object, more: object = {}) =>
  ({ Names: [name], State: 'running', IsInfra: false, PodName: '', Ports: [port], ...more }) as unknown as ContainerSummary

const containers = [
  container('web', { host_ip: '', container_port: 80, host_port: 8080, range: 1, protocol: 'tcp' }),
  container('local', { host_ip: '127.0.0.1', container_port: 90, host_port: 9000, range: 10, protocol: 'tcp' }),
  container('infra', { container_port: 53, host_port: 5353, protocol: 'udp' }, { IsInfra: true, PodName: 'names' }),
  container('stopped', { container_port: 70, host_port: 7000, protocol: 'tcp' }, { State: 'exited' }),
]

test.each<[string, Partial<Port>, [number, string] | undefined]>([
  ['the same', { host: '8080' }, [8080, 'web']],
  ['one address of all', { host: '8080', address: '127.0.0.1' }, [8080, 'web']],
  ['another protocol', { host: '8080', protocol: 'udp' }, undefined],
  ['another address', { host: '9003', address: '127.0.0.2' }, undefined],
  ['all addresses, inside a range', { host: '9003' }, [9003, 'local']],
  ['ranges that meet', { host: '8998-9002', container: '10-14' }, [9000, 'local']],
  ['a pod’s', { host: '5353', protocol: 'udp' }, [5353, 'names']],
  ['of one that does not run', { host: '7000' }, undefined],
  ['chosen by the host', { host: '' }, undefined],
  ['not complete', { host: '80x' }, undefined],
])('a host port that is used is named with its user: %s', (_name, row, expected) => {
  const used = usedPort({ ...emptyPort, container: '80', ...row }, containers)
  expect(used && [used.port, used.user]).toEqual(expected)
})
