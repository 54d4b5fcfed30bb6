import { createServer, type Server } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { berthAs, clear, everyone, pullImages } from '../support/berth.ts'
import { freePort } from '../support/free-port.ts'
import { eventually, run } from '../support/processes.ts'

const { images } = inject('stage')

/** The body at a port of this machine, or undefined. */
async function get(port: number, host = '127.0.0.1'): Promise<string | undefined> {
  try {
    const answer = await fetch(`http://${host}:${port}/`, { signal: AbortSignal.timeout(2000) })
    return await answer.text()
  } catch {
    return undefined
  }
}

describe.each(everyone)('network as %s', (name) => {
  const berth = berthAs(name)
  let host: Server | undefined

  beforeAll(() => pullImages(berth, images.busybox, images.server))
  afterEach(async () => {
    host?.close()
    host = undefined
    await clear(berth, false)
  })
  afterAll(() => clear(berth))

  test('none: nothing but the loop', async () => {
    const text = await berth('run', '--rm', '--network', 'none', images.busybox, 'ip', '-o', 'link')
    expect(text.trim().split('\n')).toHaveLength(1)
    expect(text).toContain('lo')
  })

  test.each(everyone.filter((each) => each === 'root' && berth.root))(
    'pasta is for ordinary users, and refused by name (%s)',
    async () => {
      const { code, stderr } = await berth.try(['run', '--rm', '--network', 'pasta', images.busybox, 'true'])
      expect(code).toBe(125)
      expect(stderr).toMatch(/pasta networking is only supported for rootless mode/)
    },
  )

  test("host: the host's own name spaces of network", async () => {
    const inside = await berth('run', '--rm', '--network', 'host', images.busybox, 'ip', '-o', 'link')
    const outside = (await run('ip', ['-o', 'link'])).stdout
    const linkNames = (text: string) => [...text.matchAll(/^\d+: ([^:@]+)/gm)].map((match) => match[1])
    expect(linkNames(inside)).toEqual(linkNames(outside))
  })

  test('by default there is an address and a name of its own', async () => {
    await berth('run', '-d', '--name', 'named', images.busybox, 'sleep', '1000')
    const text = await berth('exec', 'named', 'sh', '-c', 'hostname; cat /etc/hosts; ip -o -4 addr')
    const id = (await berth.json('inspect', 'named'))[0].Id.slice(0, 12)
    expect(text.split('\n')[0]).toBe(id)
    expect(text).toMatch(/127\.0\.0\.1\s+localhost/)
    expect(text).toContain('host.containers.internal')
    expect(text).toMatch(/inet (?!127\.)\d+\.\d+\.\d+\.\d+/)
  })

  test('a published port answers, and is free again afterwards', async () => {
    const port = await freePort()
    await berth('run', '-d', '--name', 'web', '-p', `127.0.0.1:${port}:8080`, images.server)
    expect(await eventually('an answer', () => get(port))).toBe('served by berth\n')
    const [{ NetworkSettings }] = await berth.json('inspect', 'web')
    expect(NetworkSettings.Ports['8080/tcp']).toEqual([{ HostIp: '127.0.0.1', HostPort: String(port) }])
    await berth('stop', '-t', '0', 'web')
    expect(await get(port)).toBeUndefined()
    await berth('start', 'web')
    expect(await eventually('an answer again', () => get(port))).toBe('served by berth\n')
    await berth('rm', '-f', '-t', '0', 'web')
    expect(await get(port)).toBeUndefined()
  })

  test('a port without a number of ours gets one', async () => {
    await berth('run', '-d', '--name', 'any', '-p', '127.0.0.1::8080', images.server)
    const [{ NetworkSettings }] = await berth.json('inspect', 'any')
    const port = Number(NetworkSettings.Ports['8080/tcp'][0].HostPort)
    expect(port).toBeGreaterThan(1023)
    expect(await eventually('an answer', () => get(port))).toBe('served by berth\n')
  })

  test('a port in use is refused by its number, with nothing left', async () => {
    const port = await freePort()
    host = createServer((_, answer) => answer.end('taken'))
    await new Promise<void>((resolve) => host!.listen(port, '127.0.0.1', resolve))
    const refused = await berth.try(['run', '-d', '--name', 'late', '-p', `127.0.0.1:${port}:8080`, images.server])
    expect(refused.code).toBe(126)
    expect(refused.stderr).toContain(String(port))
    expect(await get(port)).toBe('taken')
    await berth.try(['rm', '-f', 'late'])
  })

  test("two containers' ports do not meet", async () => {
    const port = await freePort()
    await berth('run', '-d', '--name', 'first', '-p', `127.0.0.1:${port}:8080`, images.server)
    const refused = await berth.try(['run', '-d', '--name', 'second', '-p', `127.0.0.1:${port}:8080`, images.server])
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain(String(port))
    expect(await eventually('an answer of the first', () => get(port))).toBe('served by berth\n')
  })

  test('containers of one network reach each other by address', async () => {
    if (!berth.root) return // pasta gives every container of an ordinary user a network of its own
    await berth('run', '-d', '--name', 'server', images.server)
    const [{ NetworkSettings }] = await berth.json('inspect', 'server')
    const address = NetworkSettings.IPAddress || NetworkSettings.Networks.podman.IPAddress
    const page = await berth(
      'run',
      '--rm',
      images.busybox,
      'sh',
      '-c',
      `for i in 1 2 3 4 5 6 7 8 9; do wget -qO- http://${address}:8080/ && break; sleep 0.2; done`,
    )
    expect(page).toBe('served by berth')
  })
})
