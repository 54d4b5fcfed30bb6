import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { requireCatatonit } from './catatonit.ts'
import { checkpoint, criuCgroupsMode, criuEnvironment, criuFailure, requireCriu, tracksMemory } from './criu.ts'
import { setupNetworks, teardownNetworks } from './netavark.ts'
import { createNetworkNamespace, removeNetworkNamespace } from './netns.ts'
import { isPastaRunning, pastaArguments, startPasta, stopPasta } from './pasta.ts'
import { openRuntime } from './runtime.ts'
import { hasUserManager, isSystemdHost, isUnderUserManager, monitorScope } from './systemd.ts'
import { EngineError } from '../errors/index.ts'

// Programs that say what the real ones were seen to say stand in front of the real ones in $PATH.
let folder: string
const searchPath = process.env['PATH']
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-programs-'))
  process.env['PATH'] = `${folder}:${searchPath}`
})
afterEach(() => {
  process.env['PATH'] = searchPath
  rmSync(folder, { recursive: true })
})

function program(name: string, script: string): void {
  writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`)
  chmodSync(path.join(folder, name), 0o755)
}

const port = { protocol: 'tcp' as const, hostIp: '127.0.0.1', hostPort: 8089, containerPort: 80, range: 2 }
const v1 = { mode: 'v1' as const, root: '/sys/fs/cgroup', unifiedControllers: [] }

test('pasta opens what is published and nothing else', () => {
  const ports = [port, { ...port, protocol: 'udp' as const, hostIp: '', hostPort: 53, containerPort: 5353, range: 1 }]
  const line = pastaArguments({ netns: '/run/n', pidFile: '/run/p', ports }).join(' ')
  expect(line).toContain('-t 127.0.0.1/8089-8090:80-81 -u 53-53:5353-5353')
  expect(line).toContain('-T none -U none --no-map-gw')
  expect(pastaArguments({ netns: '/run/n', pidFile: '/run/p', ports: [] }).join(' ')).toContain('-t none -u none')
})

test.each([
  [
    "Failed to bind port 8090 (Address already in use) for option '-t 127.0.0.1/8089-8090:80-81', exiting",
    'PortInUse',
    '127.0.0.1:8090/tcp',
  ],
  ["Failed to bind port 81 (Permission denied) for option '-t 81-81:80-80', exiting", 'AccessDenied', '81/tcp'],
  ['Failed to open() /dev/net/tun: Permission denied', 'NetworkFailed', 'chmod 0666 /dev/net/tun'],
  ["Couldn't open network namespace /run/n: No such file or directory", 'NetworkFailed', '/run/n'],
])('pasta: %s', async (words, code, told) => {
  program('pasta', `echo "${words}" >&2; exit 1`)
  const pidFile = path.join(folder, 'pid')
  const failure = startPasta({ netns: '/run/n', pidFile, ports: [port] })
  await expect(failure).rejects.toMatchObject({ code, message: expect.stringContaining(told) })
})

test("a pid file that names another process does not make it pasta's", async () => {
  const pidFile = path.join(folder, 'pid')
  writeFileSync(pidFile, String(process.ppid))
  expect(isPastaRunning(pidFile)).toBe(false)
  await stopPasta(pidFile)
  expect(existsSync(pidFile)).toBe(false)
  expect(existsSync(`/proc/${process.ppid}`)).toBe(true)
})

const setup = {
  containerId: 'a'.repeat(64),
  containerName: 'web',
  ports: [port],
  networks: { podman: { interfaceName: 'eth0', staticIps: ['10.88.0.2'], staticMac: '02:00:00:00:00:01', aliases: ['w'] } },
  networkInfo: {},
}

test('netavark gets the description and its answer is read', async () => {
  const answer = {
    podman: {
      dns_search_domains: [],
      dns_server_ips: [],
      interfaces: { eth0: { mac_address: '02:00:00:00:00:01', subnets: [{ gateway: '10.88.0.1', ipnet: '10.88.0.2/16' }] } },
    },
  }
  program('netavark', `echo "$@" > ${folder}/args; cat > ${folder}/stdin; echo '${JSON.stringify(answer)}'`)
  const status = await setupNetworks('/run/netns/x', setup, { configDir: '/run/networks', rootless: false })
  expect(status['podman']?.interfaces['eth0']).toEqual({
    mac: '02:00:00:00:00:01',
    subnets: [{ gateway: '10.88.0.1', ipnet: '10.88.0.2/16' }],
  })
  expect(readFileSync(`${folder}/args`, 'utf8')).toMatch(/^--config \/run\/networks --rootless=false .*setup \/run\/netns\/x\n$/)
  expect(JSON.parse(readFileSync(`${folder}/stdin`, 'utf8'))).toMatchObject({
    container_id: setup.containerId,
    port_mappings: [{ protocol: 'tcp', host_ip: '127.0.0.1', host_port: 8089, container_port: 80, range: 2 }],
    networks: { podman: { interface_name: 'eth0', static_ips: ['10.88.0.2'], static_mac: '02:00:00:00:00:01', aliases: ['w'] } },
  })
})

test('netavark: its words come through, an interface that is gone already is no failure of a teardown, nonsense is', async () => {
  const options = { configDir: '/run/networks', rootless: false }
  const netns = path.join(folder, 'netns')
  writeFileSync(netns, '')
  program(
    'netavark',
    `echo '{"error":"failed to delete container veth eth0: Netlink error: No such device (os error 19)"}'; exit 1`,
  )
  await teardownNetworks(netns, setup, options)
  await expect(setupNetworks(netns, setup, options)).rejects.toMatchObject({
    code: 'NetworkFailed',
    message: expect.stringContaining('No such device'),
  })
  program('netavark', `echo '{"error":"nftables: Operation not permitted (os error 1)"}'; exit 1`)
  await expect(teardownNetworks(netns, setup, options)).rejects.toMatchObject({ code: 'NetworkFailed' })
  program('netavark', 'echo hello')
  await expect(setupNetworks(netns, setup, options)).rejects.toMatchObject({ code: 'NetworkFailed' })
})

test('a checkpoint in two steps: whether the kernel can, and what the runtime is told', async () => {
  program('criu', '[ "$*" = "check --feature mem_dirty_track" ]')
  expect(await tracksMemory()).toBe(true)
  program('criu', 'exit 1')
  expect(await tracksMemory()).toBe(false)
  program('runc', `printf '%s ' "$@" >${folder}/args`)
  const runtime = openRuntime({ root: folder, cgroups: v1, cgroupManager: 'cgroupfs', program: 'runc' })
  const workPath = path.join(folder, 'work')
  await checkpoint(runtime, 'abc', { imagePath: path.join(folder, 'before'), workPath, preDump: true })
  expect(readFileSync(path.join(folder, 'args'), 'utf8')).toMatch(
    new RegExp(`checkpoint --image-path ${folder}/before --work-path ${workPath} --pre-dump abc $`),
  )
  await checkpoint(runtime, 'abc', { imagePath: path.join(folder, 'whole'), workPath, parentPath: '../before' })
  expect(readFileSync(path.join(folder, 'args'), 'utf8')).toMatch(/--work-path \S+ --parent-path \.\.\/before abc $/)
})

test('criu: an old one is refused, its reasons are told without the noise', async () => {
  program('criu', 'echo Version: 3.10')
  await expect(requireCriu()).rejects.toMatchObject({ code: 'NotSupported' })
  program('criu', 'echo Version: 4.1.1')
  expect(await requireCriu()).toBe('4.1.1')
  const log = path.join(folder, 'dump.log')
  writeFileSync(
    log,
    "(00.02) Error (criu/util.c:1533): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted\n(00.03) fine\n(00.04) Error (criu/sockets.c:1): sockets: Can't get 1:16 opt\n",
  )
  const failure = criuFailure(new EngineError('RuntimeFailed', 'runc: criu failed'), 'abc', 'checkpoint', log)
  expect(failure).toMatchObject({
    code: 'CheckpointFailed',
    message: expect.stringMatching(/^CRIU could not checkpoint container abc: sockets: Can't get 1:16 opt .*4\.2/),
  })
  expect(criuFailure(new EngineError('RuntimeFailed', 'runc: it broke'), 'abc', 'restore', '/nowhere').message).toContain(
    'runc: it broke',
  )
  expect(criuFailure(new EngineError('Cancelled', 'x'), 'abc', 'restore', log).code).toBe('Cancelled')
})

test('criu: nftables by a configuration of our own, and cgroups left alone only where crun needs it', () => {
  const environment = criuEnvironment(path.join(folder, 'run'))
  expect(readFileSync(environment['CRIU_CONFIG_FILE'] as string, 'utf8')).toBe('network-lock nftables\n')
  expect(criuCgroupsMode({ ...v1, mode: 'hybrid' }, { name: 'crun' })).toBe('ignore')
  expect(criuCgroupsMode({ ...v1, mode: 'hybrid' }, { name: 'runc' })).toBeUndefined()
  expect(criuCgroupsMode(v1, { name: 'crun' })).toBeUndefined()
})

test('crun is preferred, runc taken where crun refuses, and what was asked for always', () => {
  for (const name of ['crun', 'runc', 'youki']) program(name, 'true')
  const root = path.join(folder, 'runtime')
  const options = { root, cgroupManager: 'cgroupfs' as const, cgroups: v1 }
  expect(openRuntime(options).name).toBe('crun')
  expect(openRuntime({ ...options, cgroups: { ...v1, mode: 'hybrid', unifiedControllers: ['hugetlb'] } }).name).toBe('runc')
  expect(openRuntime({ ...options, cgroups: { ...v1, mode: 'hybrid' } }).name).toBe('crun')
  expect(openRuntime({ ...options, program: 'youki', cgroupManager: 'systemd' })).toMatchObject({
    name: 'youki',
    globalArguments: ['--root', root, '--systemd-cgroup'],
  })
  expect(openRuntime({ ...options, cgroupManager: 'disabled' }).globalArguments).toContain('--cgroup-manager=disabled')
  expect(openRuntime({ ...options, program: 'runc', cgroupManager: 'disabled' }).globalArguments).toEqual(['--root', root])
  expect(() => openRuntime({ ...options, program: '/nowhere/crun' })).toThrow(expect.objectContaining({ code: 'ProgramMissing' }))
})

test('a runtime that knows the container not is no failure of a delete, and null as a state', async () => {
  program('crun', `echo '{"msg":"error opening file \`/r/x/status\`: No such file or directory","level":"error"}' >&2; exit 1`)
  const runtime = openRuntime({ root: path.join(folder, 'runtime'), cgroupManager: 'cgroupfs', cgroups: v1 })
  await runtime.delete('x', { force: true })
  expect(await runtime.state('x')).toBeNull()
  await expect(runtime.start('x')).rejects.toMatchObject({ code: 'ContainerNotFound' })
})

test('systemd is recognised by its folder, a user manager by its sockets', async () => {
  expect(isSystemdHost(folder)).toBe(false)
  mkdirSync(path.join(folder, 'run/systemd/system'), { recursive: true })
  expect(isSystemdHost(folder)).toBe(true)
  mkdirSync(path.join(folder, 'systemd'))
  writeFileSync(path.join(folder, 'bus'), '')
  expect(hasUserManager(folder)).toBe(false)
  rmSync(path.join(folder, 'bus'))
  const servers = await Promise.all(
    ['bus', 'systemd/private'].map(
      (name) =>
        new Promise<net.Server>((resolve) => {
          const server = net.createServer().listen(path.join(folder, name), () => resolve(server))
        }),
    ),
  )
  expect(hasUserManager(folder)).toBe(true)
  for (const server of servers) server.close()
})

test.each([
  ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/berth.service\n', true],
  ['0::/user.slice/user-1000.slice/session-5.scope\n', false],
  ['1:name=systemd:/user.slice/user-1000.slice/user@1000.service/x\n0::/\n', false],
])('the tree of a user manager: %s', (text, expected) => {
  writeFileSync(path.join(folder, 'cgroup'), text)
  expect(isUnderUserManager(path.join(folder, 'cgroup'))).toBe(expected)
})

test("a monitor's scope: only where systemd makes cgroups, and never the same twice", () => {
  const options = { id: 'abc', kind: 'conmon' as const, rootless: true }
  expect(monitorScope('cgroupfs', options)).toBeUndefined()
  expect(monitorScope('systemd', options)).toMatchObject({
    name: expect.stringMatching(/^berth-conmon-abc-[\da-f]{12}\.scope$/),
    slice: 'user.slice',
    user: true,
  })
  expect(monitorScope('systemd', options)?.name).not.toBe(monitorScope('systemd', options)?.name)
  expect(monitorScope('systemd', { ...options, rootless: false })).toMatchObject({ slice: 'machine.slice', user: false })
  expect(monitorScope('systemd', { ...options, kind: 'exec', rootless: false })).toBeUndefined()
})

test('catatonit is found or named', () => {
  program('catatonit', 'true')
  expect(requireCatatonit()).toBe(path.join(folder, 'catatonit'))
})

test.skipIf(process.getuid?.() !== 0)(
  'needs CAP_SYS_ADMIN: a network namespace lives in its file, and not in one that exists',
  async () => {
    const file = path.join(folder, 'netns/one')
    // As an older version left it.
    mkdirSync(path.dirname(file), { mode: 0o755 })
    const before = readlinkSync('/proc/thread-self/ns/net')
    await createNetworkNamespace(file)
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700)
    try {
      expect(readlinkSync('/proc/thread-self/ns/net')).toBe(before)
      expect(`net:[${statSync(file).ino}]`).not.toBe(before)
      expect(readFileSync('/proc/self/mountinfo', 'utf8')).toContain(file)
      await expect(createNetworkNamespace(file)).rejects.toMatchObject({ code: 'NetworkFailed' })
    } finally {
      removeNetworkNamespace(file)
      removeNetworkNamespace(file)
    }
    expect(existsSync(file)).toBe(false)
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(file)
  },
)
