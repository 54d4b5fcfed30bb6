import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, everyone, pullImages } from '../support/berth.ts'
import { freePort } from '../support/free-port.ts'
import { eventually, must, run } from '../support/processes.ts'

const { images } = inject('stage')
const box = images.busybox

/** Whether this kernel has the driver. Only a sandbox can tell without changing the machine. */
const hasMacvlan =
  process.env.BERTH_TEST_SANDBOX !== undefined &&
  spawnSync('sh', ['-c', 'ip link add link away name probe type macvlan && ip link delete probe']).status === 0

/** The body at a port of this machine. */
async function get(port: number, host = '127.0.0.1'): Promise<string> {
  const answer = await fetch(`http://${host}:${port}/`, { signal: AbortSignal.timeout(5000) })
  return await answer.text()
}

describe.each(everyone)('networks as %s', (user) => {
  const berth = berthAs(user)
  /** What a container of the network says that looks at another one. */
  const look = (network: string, script: string) => berth('run', '--rm', '--network', network, box, 'sh', '-c', script)
  const fetched = (name: string) => `wget -T 5 -qO- http://${name}:8080/ || echo unreachable`

  beforeAll(() => pullImages(berth, box, images.server))
  afterAll(async () => {
    await clear(berth)
    await berth.try(['network', 'prune', '-f'])
  })

  test('are created, shown, updated and removed', async () => {
    expect(await berth('network', 'create', '--ipv6', '--label', 'tier=front', 'shop')).toBe('shop')
    expect((await berth.try(['network', 'create', 'shop'])).stderr).toContain('network name shop already used')
    expect(await berth('network', 'create', '--ignore', 'shop')).toBe('shop')
    const [made] = await berth.json('network', 'inspect', 'shop')
    expect(made).toMatchObject({ driver: 'bridge', dns_enabled: true, ipv6_enabled: true, internal: false, containers: {} })
    expect(made.subnets.map(({ gateway }: { gateway: string }) => gateway)).toEqual([
      expect.stringMatching(/^10\.\d+\.\d+\.1$/),
      expect.stringMatching(/^fd.*::1$/),
    ])
    const range = ['--subnet', '10.205.0.0/24', '--ip-range', '10.205.0.64/26', '--gateway', '10.205.0.9']
    const options = ['-o', 'mtu=1400', '--route', '10.206.0.0/24,10.205.0.7,50', '--internal']
    await berth('network', 'create', ...range, ...options, 'narrow')
    expect((await berth.json('network', 'inspect', 'narrow'))[0]).toMatchObject({
      subnets: [
        { subnet: '10.205.0.0/24', gateway: '10.205.0.9', lease_range: { start_ip: '10.205.0.65', end_ip: '10.205.0.127' } },
      ],
      routes: [{ destination: '10.206.0.0/24', gateway: '10.205.0.7', metric: 50 }],
      options: { mtu: '1400' },
    })
    expect(await berth('network', 'ls', '-q', '-f', 'label=tier=front')).toBe('shop')
    expect((await berth('network', 'ls', '-q')).split('\n')).toEqual(expect.arrayContaining(['narrow', 'podman', 'shop']))
    expect((await berth.try(['network', 'exists', 'nope'])).code).toBe(1)
    expect((await berth.try(['network', 'rm', 'nope'])).code).toBe(1)
    for (const [wrong, ...given] of [
      ['not in subnet', '--subnet', '10.207.0.0/24', '--gateway', '10.208.0.1'],
      ['already used', '--subnet', '10.205.0.0/25'],
      ['unsupported bridge network option', '-o', 'speed=1'],
      ['unsupported ipam driver', '--ipam-driver', 'static'],
    ]) {
      const { code, stderr } = await berth.try(['network', 'create', ...given, 'wrong'])
      expect([code, stderr]).toEqual([125, expect.stringContaining(wrong!)])
    }
    expect(await look('narrow', 'ip route; ip link show eth0')).toMatch(/10\.206\.0\.0\/24 via 10\.205\.0\.7[^]*mtu 1400/)
    expect(await berth('network', 'rm', 'narrow')).toBe('narrow')
  })

  test('containers find each other by name, alias and id, over both versions of IP', async () => {
    const id = await berth('run', '-d', '--name', 'web', '--network', 'shop:alias=www', '--network-alias', 'site', images.server)
    const script = `for name in web www site ${id.slice(0, 12)}; do ${fetched('$name')}; done; cat /etc/resolv.conf; nslookup -type=aaaa web`
    const text = await look('shop', script)
    expect(text.match(/served by berth/g)).toHaveLength(4)
    expect(text).toContain('search dns.podman')
    const { GlobalIPv6Address: six } = (await berth.json('inspect', 'web'))[0].NetworkSettings.Networks.shop
    expect(text).toContain(`Address: ${six}`)
    const [{ containers }] = await berth.json('network', 'inspect', 'shop')
    expect(Object.values(containers)).toMatchObject([{ name: 'web', interfaces: { eth0: {} } }])
    const used = await berth.try(['network', 'rm', 'shop'])
    expect([used.code, used.stderr]).toEqual([2, expect.stringContaining('web')])
  })

  test('a container is connected and disconnected while it runs', async () => {
    await berth('network', 'create', '--subnet', '10.209.0.0/24', 'back')
    await berth(
      'network',
      'connect',
      '--ip',
      '10.209.0.77',
      '--alias',
      'hidden',
      '--mac-address',
      '92:d0:c6:0a:29:33',
      'back',
      'web',
    )
    expect(await berth('exec', 'web', 'sh', '-c', 'cat /etc/hosts; ip addr show eth1')).toMatch(
      /10\.209\.0\.77\t\w+ web[^]*92:d0:c6:0a:29:33[^]*10\.209\.0\.77\/24/,
    )
    expect(await look('back', fetched('hidden'))).toBe('served by berth')
    const again = await berth.try(['network', 'connect', 'back', 'web'])
    expect(again.stderr).toContain('already connected')
    const taken = await berth.try(['run', '--rm', '--network', 'back:ip=10.209.0.77', box, 'true'])
    expect(taken.stderr).toContain('already allocated')
    await berth('network', 'reload', 'web')
    expect(await look('back', fetched('hidden'))).toBe('served by berth')
    await berth('network', 'disconnect', 'back', 'web')
    expect(Object.keys((await berth.json('inspect', 'web'))[0].NetworkSettings.Networks)).toEqual(['shop'])
    const gone = await berth.try(['network', 'disconnect', '-f', 'back', 'web'])
    expect(gone).toMatchObject({ code: 125, stderr: 'Error: container web is not connected to network back\n' })
    // Stopped, it is connected from its next start on.
    await berth('stop', '-t', '0', 'web')
    await berth('network', 'connect', 'back', 'web')
    await berth('start', 'web')
    expect(await look('back', fetched('web'))).toBe('served by berth')
    await berth('network', 'disconnect', 'back', 'web')
  })

  test('networks of an ordinary user are apart; root’s with the option isolate', async () => {
    if (berth.root) {
      await berth('network', 'create', '-o', 'isolate=true', 'apart')
      await berth('run', '-d', '--name', 'lone', '--network', 'apart', images.server)
      await berth('network', 'create', '-o', 'isolate=true', 'aside')
    } else {
      await berth('network', 'create', 'apart')
      await berth('run', '-d', '--name', 'lone', '--network', 'apart', images.server)
      await berth('network', 'create', 'aside')
    }
    const { IPAddress: address } = (await berth.json('inspect', 'lone'))[0].NetworkSettings.Networks.apart
    expect(await look('apart', fetched(address))).toBe('served by berth')
    expect(await look('aside', `wget -T 1 -qO- http://${address}:8080/ || echo unreachable`)).toContain('unreachable')
    await berth('rm', '-f', '-t', '0', 'lone')
  })

  test('published ports: TCP, ranges and UDP, from the host and from other containers', async () => {
    const [port, udp, range] = [await freePort(), await freePort(), 42_600]
    const published = ['-p', `127.0.0.1:${port}:8080`, '-p', `127.0.0.1:${udp}:5000/udp`, '-p', `${range}-${range + 1}:8079-8080`]
    await berth('run', '-d', '--name', 'public', '--network', 'shop', ...published, images.server)
    expect(await eventually('an answer', () => get(port).catch(() => undefined))).toBe('served by berth\n')
    expect(await get(range + 1)).toBe('served by berth\n')
    // Root's ports are led on by firewall rules, to the addresses that the container has.
    if (!berth.root) expect(await get(range + 1, '[::1]')).toBe('served by berth\n')
    expect(await look('shop', `wget -T 5 -qO- http://host.containers.internal:${range + 1}/`)).toBe('served by berth')
    const [{ State }] = await berth.json('inspect', 'public')
    const echo = `const s = require('dgram').createSocket('udp4'); s.on('message', (m, r) => s.send(m, r.port, r.address)); s.bind(5000)`
    const server = spawn('nsenter', ['-t', String(State.Pid), '-n', process.execPath, '-e', echo], { stdio: 'ignore' })
    const socket = createSocket('udp4')
    try {
      const answer = new Promise<string>((resolve) => socket.once('message', (message) => resolve(message.toString())))
      let said = ''
      void answer.then((text) => (said = text))
      await eventually('an echo', () => {
        socket.send('ping', udp, '127.0.0.1')
        return said === 'ping' || undefined
      })
    } finally {
      socket.close()
      server.kill()
    }
    const taken = await berth.try(['run', '-d', '--name', 'late', '-p', `127.0.0.1:${port}:8080`, images.server])
    expect([taken.code, taken.stderr]).toEqual([126, expect.stringContaining('published by the container public')])
    const noted = await berth.try(['run', '--rm', '-p', `127.0.0.1:${udp}:80/udp`, box, 'true'])
    expect([noted.code, noted.stderr]).toEqual([126, expect.stringContaining('published by the container public')])
    const other = berthAs(berth.root ? 'alice' : 'bob')
    await pullImages(other, images.server)
    const foreign = await other.try(['run', '--rm', '-p', `127.0.0.1:${port}:8080`, images.server])
    expect([foreign.code, foreign.stderr]).toEqual([126, expect.stringContaining('already in use')])
    await clear(other)
    await berth('network', 'connect', 'back', 'public')
    await berth('network', 'disconnect', 'shop', 'public')
    expect(await get(port)).toBe('served by berth\n')
    await berth('rm', '-f', '-t', '0', 'public', 'late')
    expect(await get(port).catch(() => 'nobody')).toBe('nobody')
  })

  // The database gives addresses to everyone alike.
  test.each(anyone.filter((each) => each === user))(
    'as %s twenty at once have twenty addresses, which are free however they end',
    async () => {
      await berth('network', 'create', '--subnet', '10.211.0.0/27', 'full')
      const names = Array.from({ length: 20 }, (_, at) => `crowd${at}`)
      await Promise.all(names.map((name) => berth('run', '-d', '--name', name, '--network', 'full', box, 'sleep', '1000')))
      const found = (await berth.json('inspect', ...names)).map(
        (each: { NetworkSettings: { Networks: { full: { IPAddress: string } } } }) =>
          each.NetworkSettings.Networks.full.IPAddress,
      )
      expect(new Set(found).size).toBe(20)
      const [{ State }] = await berth.json('inspect', 'crowd0')
      // The monitor first: nobody is left to say that the container has ended.
      process.kill(State.ConmonPid, 'SIGKILL')
      process.kill(State.Pid, 'SIGKILL')
      await eventually('the end is seen', async () => (await berth('ps', '-q', '--filter', 'name=crowd0$')) === '' || undefined)
      await berth('rm', '-f', '-t', '0', ...names)
      expect(await berth('network', 'check')).toBe('')
    },
  )

  test('rm -f takes the containers with it, and nothing is left of a bridge', async () => {
    const [{ network_interface: link }] = await berth.json('network', 'inspect', 'shop')
    expect((await berth('network', 'rm', '-f', '-t', '0', 'shop')).split('\n')).toEqual(['shop'])
    expect(await berth('ps', '-aq')).toBe('')
    if (berth.root) {
      expect(readFileSync('/proc/net/dev', 'utf8')).not.toContain(`${link}:`)
      expect((await run('nft', ['list', 'ruleset'])).stdout).not.toMatch(/10\.\d+\.\d+\.\d+/)
    } else expect(existsSync(`${berth.run}/rootless-netns`)).toBe(false)
    expect((await berth('network', 'prune', '-f')).split('\n')).toEqual(expect.arrayContaining(['back', 'apart', 'aside']))
    expect(await berth('network', 'check')).toBe('')
  })
})

// Interfaces of the host are root's to give away.
describe.skipIf(!everyone.includes('root'))('networks on an interface of the host, as root', () => {
  const berth = berthAs('root')
  const look = (network: string, script: string) => berth('run', '--rm', '--network', network, box, 'sh', '-c', script)

  beforeAll(() => pullImages(berth, box, images.server))
  afterAll(() => clear(berth))

  test.skipIf(!hasMacvlan)(
    'a macvlan is a part of the network of its interface, with addresses of its own or of a DHCP server (needs the driver)',
    async () => {
      const programs: ChildProcess[] = []
      const leases = join(berth.run, '..', 'leases')
      try {
        await must('sh', ['-c', 'ip link add inner type veth peer name outer; ip link set inner up; ip link set outer up'])
        await must('ip', ['address', 'add', '10.212.0.1/24', 'dev', 'outer'])
        await berth(
          'network',
          'create',
          '-d',
          'macvlan',
          '-o',
          'parent=inner',
          '--subnet',
          '10.212.0.0/24',
          '-o',
          'mtu=1400',
          'flat',
        )
        await berth('run', '-d', '--name', 'flat', '--network', 'flat:ip=10.212.0.9', images.server)
        expect(await eventually('an answer', () => get(8080, '10.212.0.9').catch(() => undefined))).toBe('served by berth\n')
        expect(await look('flat', 'wget -T 5 -qO- http://10.212.0.9:8080/; ip link show eth0')).toMatch(
          /^served by berth\n[^]*mtu 1400/,
        )

        await berth('network', 'create', '-d', 'macvlan', '-o', 'parent=inner', 'leased')
        const without = await berth.try(['run', '--rm', '--network', 'leased', box, 'true'])
        expect(without).toMatchObject({ code: 126, stderr: expect.stringContaining('netavark-dhcp-proxy.socket') })
        mkdirSync('/run/podman', { recursive: true })
        writeFileSync(leases, '')
        const lines = [
          'start 10.212.0.50',
          'end 10.212.0.50',
          'interface outer',
          'opt subnet 255.255.255.0',
          'opt router 10.212.0.1',
        ]
        writeFileSync(`${leases}.conf`, [...lines, `lease_file ${leases}`, `pidfile ${leases}.pid`, ''].join('\n'))
        programs.push(spawn('/usr/lib/podman/netavark', ['dhcp-proxy', '--dir', '/run/podman'], { stdio: 'ignore' }))
        programs.push(spawn('busybox', ['udhcpd', '-f', `${leases}.conf`], { stdio: 'ignore' }))
        await eventually('the proxy', () => existsSync('/run/podman/nv-proxy.sock') || undefined)
        const show = 'ip -o -4 address show eth0; ip route'
        expect(await look('leased', show)).toMatch(/inet 10\.212\.0\.50\/24 [^]*default via 10\.212\.0\.1 /)
      } finally {
        for (const program of programs) program.kill()
        await berth.try(['network', 'rm', '-f', '-t', '0', 'flat', 'leased'])
        await run('ip', ['link', 'delete', 'inner'])
      }
    },
  )
})
