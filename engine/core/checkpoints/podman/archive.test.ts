import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

import type { ContainerSpec } from '../../../contract/index.ts'
import { privilegesOf } from '../privileges.ts'
import { isPodmanDocument, podmanArchiveConfig } from './archive.ts'
import { translateAddresses } from './network-status.ts'

/** What podman 5.4.2 wrote for a container with most of what `podman run` can be told. */
const text = readFileSync(new URL('fixtures/config.dump.json', import.meta.url), 'utf8')
// oxlint-disable-next-line no-explicit-any -- tests change whatever they want to
const dump = (change: (document: any) => void = () => {}): object => {
  const document = JSON.parse(text) as object
  change(document)
  return document
}

test('what podman knows of a container becomes a request for the same one', () => {
  expect(isPodmanDocument(dump())).toBe(true)
  const { id, name, image, spec, volumes } = podmanArchiveConfig(dump())
  expect(id).toMatch(/^[0-9a-f]{64}$/)
  expect([name, image?.name]).toEqual(['c3', 'docker.io/library/busy:latest'])
  expect(spec).toMatchObject({
    image: 'docker.io/library/busy:latest',
    hostname: 'myhost',
    init: true,
    entrypoint: ['sh'],
    command: ['-c', 'while :; do sleep 0.1; done'],
    env: { PATH: '/bin', A: 'b', container: 'podman', HOSTNAME: 'myhost' },
    labels: { k: 'v' },
    annotations: { an: 'no' },
    groups: ['5'],
    work_dir: '/tmp',
    umask: '0077',
    timezone: 'UTC',
    read_only_filesystem: true,
    read_write_tmpfs: true,
    no_new_privileges: true,
    seccomp_profile_path: 'unconfined',
    cap_add: ['CAP_SYS_PTRACE'],
    cap_drop: ['CAP_CHOWN'],
    unmask: ['/proc/acpi'],
    mask: ['/proc/cpuinfo'],
    devices: [{ path: '/dev/fuse' }],
    device_cgroup_rule: [],
    resource_limits: {
      memory: { limit: 104857600, swap: 209715200 },
      cpu: { quota: 50000, period: 100000 },
      pids: { limit: 100 },
    },
    r_limits: [{ type: 'RLIMIT_NOFILE', hard: 200, soft: 100 }],
    oom_score_adj: 100,
    shm_size: 1048576,
    stop_signal: 2,
    stop_timeout: 3,
    restart_policy: 'on-failure',
    restart_tries: 3,
    healthconfig: { Test: ['CMD-SHELL', 'true'], Interval: 1e12 },
    log_configuration: { driver: 'json-file', size: 1e6 },
    netns: { nsmode: 'bridge' },
    ipcns: { nsmode: 'shareable' },
    pidns: { nsmode: 'private' },
    Networks: { podman: { interface_name: 'eth0', aliases: ['myhost'] } },
    portmappings: [{ container_port: 99, host_port: 8099, range: 1, protocol: 'tcp' }],
    expose: { 99: 'tcp' },
    dns_server: ['1.1.1.1'],
    dns_search: ['x.y'],
    dns_option: ['ndots:1'],
    hostadd: ['a:1.2.3.4'],
  } satisfies ContainerSpec)
  expect(spec.mounts?.map(({ destination }) => destination).sort()).toEqual(['/host', '/t', '/u'])
  expect(spec.volumes).toEqual([
    { Dest: '/anon', Options: ['rw', 'rprivate', 'nosuid', 'nodev', 'rbind'] },
    { Name: 'vol2', Dest: '/d2', Options: ['ro', 'rprivate', 'nosuid', 'nodev', 'rbind'] },
  ])
  expect(volumes.map(({ destination }) => destination)).toEqual(['/anon', '/d2'])
})

test('its privileges are those of any archive', () => {
  const { spec } = podmanArchiveConfig(dump())
  const asked = privilegesOf(spec, { hasVolume: () => false }).map(({ kind, value }) => `${kind} ${value}`)
  expect(asked).toEqual([
    'bind-mount /usr/share',
    'device /dev/fuse',
    'capability CAP_SYS_PTRACE',
    'seccomp unconfined',
    'unmask /proc/acpi',
  ])
})

test.each([
  ['net', 'network', { netns: { nsmode: 'host' } }],
  ['ipc', 'ipc', { ipcns: { nsmode: 'host' } }],
  ['pid', 'pid', { pidns: { nsmode: 'host' } }],
  ['uts', 'uts', { utsns: { nsmode: 'host' } }],
])('without a namespace of its own (%s) it has the host’s', (_short, type, expected) => {
  const { spec } = podmanArchiveConfig(
    dump((document) => {
      const { linux } = document.spec
      linux.namespaces = linux.namespaces.filter((each: { type: string }) => each.type !== type)
      document.createNetNS = type !== 'network'
    }),
  )
  expect(spec).toMatchObject(expected)
})

test("another container's namespace, a pod's, and ids of its own", () => {
  const shared = 'a'.repeat(64)
  const spec = (change: (document: Record<string, unknown>) => void) => podmanArchiveConfig(dump(change)).spec
  expect(spec((each) => Object.assign(each, { netNsCtr: shared }))).toMatchObject({
    netns: { nsmode: 'container', value: shared },
  })
  expect(spec((each) => Object.assign(each, { netNsCtr: shared, pod: 'b'.repeat(64) }))).toMatchObject({
    netns: { nsmode: 'pod' },
  })
  const mapped = { UIDMap: [{ container_id: 0, host_id: 100000, size: 1000 }] }
  expect(spec((each) => Object.assign(each, { idMappingsOptions: mapped }))).toMatchObject({ userns: { nsmode: 'private' } })
})

// oxlint-disable no-explicit-any -- as above
test.each<[RegExp, (document: any) => void]>([
  [/"storageOpts"/, (each) => (each.storageOpts = { size: '1g' })],
  [/"somethingNew"/, (each) => (each.somethingNew = true)],
  [/mount at "\/etc"/, (each) => each.spec.mounts.push({ destination: '/etc', type: 'bind', source: '/etc' })],
  [/spec\.hooks/, (each) => (each.spec.hooks = { prestart: [] })],
  [/spec\.linux\.timeOffsets/, (each) => (each.spec.linux.timeOffsets = {})],
  [/ id in its/, (each) => (each.id = '../x')],
  [/stopTimeout/, (each) => (each.stopTimeout = 'x')],
])('what is not understood is refused: %s', (message, change) => {
  expect(() => podmanArchiveConfig(dump(change))).toThrow(
    expect.objectContaining({ code: 'CheckpointInvalid', message: expect.stringMatching(message) }),
  )
})
// oxlint-enable no-explicit-any

test('a field that is not known and says nothing is none', () => {
  expect(() => podmanArchiveConfig(dump((each) => (each.somethingEmpty = { a: null, b: [] })))).not.toThrow()
})

test('addresses that the network here has not are left out', () => {
  const status = {
    podman: {
      interfaces: { eth0: { subnets: [{ ipnet: '10.88.0.2/16', gateway: '10.88.0.1' }], mac_address: '02:00:00:00:00:01' } },
    },
    other: { interfaces: { eth1: { subnets: [{ ipnet: '10.90.0.2/24' }, { ipnet: 'fd00::2/64' }, { ipnet: 'x/3' }] } } },
  }
  const subnets = (network: string) => (network === 'other' ? ['10.90.0.0/24', 'fd00::/64'] : ['10.52.0.0/24'])
  expect(translateAddresses(status, subnets)).toEqual({
    podman: { addresses: [], mac: '02:00:00:00:00:01' },
    other: { addresses: [{ address: '10.90.0.2' }, { address: 'fd00::2' }] },
  })
  expect(translateAddresses(null, subnets)).toEqual({})
  expect(() => translateAddresses([{ a: 1 }], subnets)).toThrow(expect.objectContaining({ code: 'CheckpointInvalid' }))
})
