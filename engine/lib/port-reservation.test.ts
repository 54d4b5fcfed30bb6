import dgram from 'node:dgram'
import { readlinkSync } from 'node:fs'
import net from 'node:net'
import { expect, test } from 'vitest'
import { portError, reservePorts } from './port-reservation.ts'

async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const mapping = { hostIp: '127.0.0.1', containerPort: 80, range: 1 }

test('tcp and udp ports are held by real descriptors until closed', async () => {
  const hostPort = await freePort()
  const held = await reservePorts([
    { ...mapping, protocol: 'tcp', hostPort },
    { ...mapping, protocol: 'udp', hostPort },
  ])
  expect(held.descriptors.map((fd) => readlinkSync(`/proc/self/fd/${fd}`))).toEqual([
    expect.stringMatching(/^socket:/),
    expect.stringMatching(/^socket:/),
  ])
  await expect(reservePorts([{ ...mapping, protocol: 'tcp', hostPort }])).rejects.toMatchObject({
    code: 'PortInUse',
    details: { port: hostPort },
  })
  await expect(reservePorts([{ ...mapping, protocol: 'udp', hostPort }])).rejects.toMatchObject({ code: 'PortInUse' })
  held.close()
  held.close()
  ;(await reservePorts([{ ...mapping, protocol: 'tcp', hostPort }])).close()
})

test('what was bound before a failure is let go', async () => {
  const [free, taken] = [await freePort(), await freePort()]
  const socket = dgram.createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(taken, '127.0.0.1', resolve))
  const wanted = [
    { ...mapping, protocol: 'tcp' as const, hostPort: free },
    { ...mapping, protocol: 'udp' as const, hostPort: taken },
  ]
  await expect(reservePorts(wanted)).rejects.toThrow(`127.0.0.1:${taken}/udp is already in use`)
  ;(await reservePorts([{ ...mapping, protocol: 'tcp', hostPort: free }])).close()
  socket.close()
})

test('an address of another host is the fault of the request', async () => {
  await expect(reservePorts([{ ...mapping, protocol: 'tcp', hostIp: '203.0.113.1', hostPort: 8080 }])).rejects.toMatchObject({
    code: 'InvalidArgument',
  })
})

test('a port an ordinary user may not have is told so', () => {
  expect(portError(Object.assign(new Error('x'), { code: 'EACCES' }), 'tcp', '::1', 80)).toMatchObject({
    code: 'AccessDenied',
    message: expect.stringContaining('[::1]:80/tcp'),
  })
})
