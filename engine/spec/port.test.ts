import { expect, test } from 'vitest'

import { formatPort, parseExposed, parsePort } from './port.ts'

// As `podman create --publish` 5.4.2 takes them.
test.each([
  ['80', { container_port: 80, protocol: 'tcp' }],
  [':80', { container_port: 80, protocol: 'tcp' }],
  ['8080:80', { host_port: 8080, container_port: 80, protocol: 'tcp' }],
  ['+80:080', { host_port: 80, container_port: 80, protocol: 'tcp' }],
  ['127.0.0.1:8080:80', { host_ip: '127.0.0.1', host_port: 8080, container_port: 80, protocol: 'tcp' }],
  ['127.0.0.1::80', { host_ip: '127.0.0.1', container_port: 80, protocol: 'tcp' }],
  ['0.0.0.0:80:80', { host_ip: '0.0.0.0', host_port: 80, container_port: 80, protocol: 'tcp' }],
  ['[::1]:8080:80', { host_ip: '::1', host_port: 8080, container_port: 80, protocol: 'tcp' }],
  ['[::1]::80', { host_ip: '::1', container_port: 80, protocol: 'tcp' }],
  ['[::]:80:80', { host_ip: '::', host_port: 80, container_port: 80, protocol: 'tcp' }],
  ['[::ffff:1.2.3.4]:80:80', { host_ip: '::ffff:1.2.3.4', host_port: 80, container_port: 80, protocol: 'tcp' }],
  ['80/TCP', { container_port: 80, protocol: 'tcp' }],
  ['80/udp', { container_port: 80, protocol: 'udp' }],
  ['80/sctp', { container_port: 80, protocol: 'sctp' }],
  ['8000-8002:90-92', { host_port: 8000, container_port: 90, range: 3, protocol: 'tcp' }],
  ['90-92', { container_port: 90, range: 3, protocol: 'tcp' }],
  ['127.0.0.1:80-81:80-81/udp', { host_ip: '127.0.0.1', host_port: 80, container_port: 80, range: 2, protocol: 'udp' }],
])('%s', (text, port) => expect(parsePort(text)).toEqual(port))

const outside = 'port numbers must be between 1 and 65535 (inclusive), got'

test.each([
  ['80/foo', 'unrecognized protocol "foo" in port mapping'],
  ['80/', 'must provide a non-empty protocol to publish'],
  ['80/tcp/udp', 'invalid port format - protocol can only be specified once'],
  ['', 'must provide a non-empty container port to publish'],
  ['8080:', 'must provide a non-empty container port to publish'],
  ['80:80:', 'must provide a non-empty container port to publish'],
  ['::80', 'must provide a non-empty container host IP to publish'],
  [':80:80', 'must provide a non-empty container host IP to publish'],
  ['[]:80:80', 'must provide a non-empty container host IP to publish'],
  ['::1:80:80', 'invalid port format - format is [[hostIP:]hostPort:]containerPort'],
  ['[::1:80:80', 'invalid port format - format is [[hostIP:]hostPort:]containerPort'],
  ['[::1]:80', 'invalid port format - must provide host and destination port if specifying an IP'],
  ['[::1]80:80', "invalid port format - IPv6 address must be followed by a colon (':')"],
  ['[::1]:80:80:80', 'invalid port format - when v6 address specified, must be [ipv6]:hostPort:ctrPort'],
  ['0', `parsing container port: ${outside} 0`],
  ['65536', `parsing container port: ${outside} 65536`],
  ['8080:0', `parsing container port: ${outside} 0`],
  ['0:80', `parsing host port: ${outside} 0`],
  ['99999:80', `parsing host port: ${outside} 99999`],
  ['65534-65535:65534-65536', `parsing container port: ${outside} 65536`],
  ['a:80', 'parsing host port: invalid port number: "a" is not a whole number'],
  ['80:a', 'parsing container port: invalid port number: "a" is not a whole number'],
  [' 80', 'parsing container port: invalid port number: " 80" is not a whole number'],
  ['1.2.3.4:80', 'parsing host port: invalid port number: "1.2.3.4" is not a whole number'],
  ['80-:80', 'parsing host port: must provide ending number for port range'],
  ['-80:80', 'parsing host port: port numbers cannot be negative'],
  ['80-81-82', 'parsing container port: invalid port format - port ranges are formatted as startPort-stopPort'],
  ['92-90', 'parsing container port: the end port of a range must be higher than the start port - 90 is not higher than 92'],
  ['80-80', 'parsing container port: the end port of a range must be higher than the start port - 80 is not higher than 80'],
  ['8000-8002:90', 'host and container port ranges have different lengths: 3 vs 1'],
  ['8000:90-92', 'host and container port ranges have different lengths: 1 vs 3'],
  ['1.2.3:80:80', 'cannot parse "1.2.3" as an IP address'],
  ['999.1.1.1:80:80', 'cannot parse "999.1.1.1" as an IP address'],
  ['host:80:80', 'cannot parse "host" as an IP address'],
  ['[fe80::1%eth0]:80:80', 'cannot parse "fe80::1%eth0" as an IP address'],
  ['[1::2::3]:80:80', 'cannot parse "1::2::3" as an IP address'],
  ['[1:2:3]:80:80', 'cannot parse "1:2:3" as an IP address'],
  ['[1:2:3:4:5:6:7:8:9]:80:80', 'cannot parse "1:2:3:4:5:6:7:8:9" as an IP address'],
])('%s is refused with podman’s message', (text, message) => {
  expect(() => parsePort(text)).toThrow(expect.objectContaining({ code: 'InvalidArgument', message }))
})

test('ports to expose', () => {
  expect(parseExposed('80')).toEqual({ first: 80, length: 1, protocol: 'tcp' })
  expect(parseExposed('80-82/UDP')).toEqual({ first: 80, length: 3, protocol: 'udp' })
  for (const wrong of ['', '0', '65536', 'a', '82-80', '80:80', '80/foo', '80/'])
    expect(() => parseExposed(wrong), wrong).toThrow(expect.objectContaining({ code: 'InvalidArgument' }))
})

test.each(['80', '8080:80', '127.0.0.1::80', '[::1]:8080:80/udp'])('%s is written as it is read', (text) => {
  const { host_ip = '', host_port = '', container_port, protocol } = parsePort(text)
  expect(formatPort({ address: host_ip, host: String(host_port), container: String(container_port), protocol })).toBe(text)
})
