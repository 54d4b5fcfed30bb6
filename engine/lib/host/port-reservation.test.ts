import dgram from 'node:dgram'
import { readlinkSync } from 'node:fs'
import net from 'node:net'
import { expect, test } from 'vitest'
import { checkDatagramPorts, portError, reservePorts } from './port-reservation.ts'

async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const mapping = { hostIp: '127.0.0.1', containerPort: 80, range: 1 }

test.each(['127.0.0.1', '::1', ''])('tcp and udp ports of %j are held by real descriptors until closed', async (hostIp) => {
  const hostPort = await freePort()
  const tcp = { ...mapping, hostIp, hostPort, protocol: 'tcp' as const }
  const udp = { ...tcp, protocol: 'udp' as const }
  const held = reservePorts([tcp, udp])
  expect(held.descriptors.map((fd) => readlinkSync(`/proc/self/fd/${fd}`))).toEqual([
    expect.stringMatching(/^socket:/),
    expect.stringMatching(/^socket:/),
  ])
  const refusal = expect.objectContaining({
    code: 'PortInUse',
    details: { port: hostPort, protocol: expect.any(String), hostIp },
  })
  expect(() => reservePorts([tcp])).toThrow(refusal)
  expect(() => reservePorts([udp])).toThrow(refusal)
  const server = net.createServer()
  const failed = new Promise((resolve) => server.once('error', resolve))
  server.listen(hostPort, hostIp || '0.0.0.0')
  expect(await failed).toMatchObject({ code: 'EADDRINUSE' })
  held.close()
  held.close()
  reservePorts([tcp, udp]).close()
})

test('what was bound before a failure is let go', async () => {
  const [free, taken] = [await freePort(), await freePort()]
  const socket = dgram.createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(taken, '127.0.0.1', resolve))
  const wanted = [
    { ...mapping, protocol: 'tcp' as const, hostPort: free },
    { ...mapping, protocol: 'udp' as const, hostPort: taken },
  ]
  expect(() => reservePorts(wanted)).toThrow(`127.0.0.1:${taken}/udp is already in use`)
  reservePorts([{ ...mapping, protocol: 'tcp', hostPort: free }]).close()
  socket.close()
})

test('an address of another host is the fault of the request', () => {
  expect(() => reservePorts([{ ...mapping, protocol: 'tcp', hostIp: '203.0.113.1', hostPort: 8080 }])).toThrow(
    expect.objectContaining({ code: 'InvalidArgument' }),
  )
})

test('a port an ordinary user may not have is told so', () => {
  expect(portError(Object.assign(new Error('x'), { code: 'EACCES' }), 'tcp', '::1', 80)).toMatchObject({
    code: 'AccessDenied',
    message: expect.stringContaining('[::1]:80/tcp'),
  })
})

test('for who forwards connections a port without an address is one of both versions of IP', async () => {
  const hostPort = await freePort()
  const ports = [
    { ...mapping, hostIp: '', hostPort, protocol: 'tcp' as const },
    { ...mapping, hostIp: '0.0.0.0', hostPort, protocol: 'udp' as const },
  ]
  const held = reservePorts(ports, true)
  expect(held.versions).toEqual([6, 4])
  for (const host of ['127.0.0.1', '::1']) {
    const client = net.connect(hostPort, host)
    await new Promise((resolve, reject) => client.once('connect', resolve).once('error', reject))
    client.destroy()
  }
  held.close()
  const plain = reservePorts(ports)
  expect(plain.versions).toEqual([4, 4])
  plain.close()
})

test('a port of UDP that is taken is noticed before who shares it binds it', async () => {
  const socket = dgram.createSocket({ type: 'udp4', reuseAddr: true })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const { port: hostPort } = socket.address()
  const udp = { ...mapping, hostPort, protocol: 'udp' as const }
  expect(() => checkDatagramPorts([udp])).toThrow(expect.objectContaining({ code: 'PortInUse' }))
  checkDatagramPorts([{ ...udp, protocol: 'tcp' }])
  await new Promise<void>((resolve) => socket.close(resolve))
  checkDatagramPorts([udp])
})
