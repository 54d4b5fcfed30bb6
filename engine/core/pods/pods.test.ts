import { expect, test } from 'vitest'

import { exitPolicy, sharedNamespaces } from './settings.ts'
import { infraSpec } from './infra-spec.ts'
import { podState } from './state.ts'
import { podRow } from './stats.ts'
import { refuseWithoutInfra } from './without-infra.ts'

test("a pod's state is its containers', as podman has it", () => {
  expect(podState([])).toBe('Created')
  expect(podState(['running', 'running'])).toBe('Running')
  expect(podState(['running', 'created'])).toBe('Degraded')
  expect(podState(['exited', 'exited', 'created'])).toBe('Stopped')
  expect(podState(['running', 'exited'])).toBe('Degraded')
  expect(podState(['exited', 'stopped'])).toBe('Exited')
  expect(podState(['paused'])).toBe('Paused')
})

test('namespaces to share', () => {
  expect(sharedNamespaces(undefined)).toEqual(['ipc', 'net', 'uts'])
  expect(sharedNamespaces(['pid', 'net'])).toEqual(['net', 'pid'])
  expect(sharedNamespaces(['none'])).toEqual([])
  expect(sharedNamespaces(['cgroup'], false)).toEqual(['cgroup'])
  expect(() => sharedNamespaces(['cgroup'])).toThrow(/the pod as the cgroup parent/)
  expect(() => sharedNamespaces(['foo'])).toThrow(expect.objectContaining({ code: 'InvalidArgument' }))
})

test('exit policies', () => {
  expect(exitPolicy(undefined)).toBe('continue')
  expect(exitPolicy('stop')).toBe('stop')
  expect(() => exitPolicy('foo')).toThrow(expect.objectContaining({ code: 'InvalidArgument' }))
})

test('what use is shown as, as podman writes it', () => {
  const pod = { id: 'a'.repeat(64) }
  const member = { id: 'b'.repeat(64), name: 'web', state: { status: 'running' as const } }
  const use = {
    CPU: 1.234,
    MemUsage: 53_248,
    MemLimit: 25_280_000_000,
    MemPerc: 0.002,
    Network: { eth0: { RxBytes: 656, TxBytes: 628 } },
    BlockInput: 0,
    BlockOutput: 0,
    PIDs: 1,
  }
  expect(podRow(pod, member, use as never)).toEqual({
    CPU: '1.23%',
    MemUsage: '53.25kB / 25.28GB',
    MemUsageBytes: '52KiB / 23.54GiB',
    Mem: '0.00%',
    NetIO: '656B / 628B',
    BlockIO: '-- / --',
    PIDS: '1',
    Pod: 'aaaaaaaaaaaa',
    CID: 'bbbbbbbbbbbb',
    Name: 'web',
  })
  expect(podRow(pod, { ...member, state: { status: 'created' } }, undefined)).toMatchObject({
    CPU: '0.00%',
    MemUsage: '-- / --',
    PIDS: '--',
  })
})

test('the infra container has what is shared, and of an image if one is named', () => {
  const context = { cgroups: { mode: 'v2' } } as never
  const pod = { id: 'c'.repeat(64), name: 'shop', config: { hostname: '' } } as never
  const made = infraSpec(
    context,
    {
      infra_image: 'pause:1',
      infra_command: ['/pause'],
      infra_conmon_pid_file: '/pid',
      sysctl: { a: 'b' },
      security_opt: ['no-new-privileges'],
      pod_devices: ['/dev/fuse'],
      shm_size: 1,
      hosts_file: 'none',
      no_manage_hosts: true,
      no_manage_hostname: true,
      no_manage_resolv_conf: true,
      hostadd: ['a:1.2.3.4'],
      utsns: { nsmode: 'host' },
      pidns: { nsmode: 'host' },
      Networks: { back: {} },
    },
    pod,
  )
  expect(made).toMatchObject({
    name: 'cccccccccccc-infra',
    image: 'pause:1',
    entrypoint: ['/pause'],
    conmon_pid_file: '/pid',
    sysctl: { a: 'b' },
    no_new_privileges: true,
    devices: [{ path: '/dev/fuse' }],
    shm_size: 1,
    base_hosts_file: 'none',
    use_image_hosts: true,
    use_image_hostname: true,
    use_image_resolve_conf: true,
    hostadd: ['a:1.2.3.4'],
    netns: { nsmode: 'bridge' },
    utsns: { nsmode: 'host' },
    pidns: { nsmode: 'host' },
    ipcns: { nsmode: 'shareable' },
    cgroupns: { nsmode: 'private' },
  })
  expect(made.hostname).toBeUndefined()
})

test('what only an infra container could have is refused without one', () => {
  for (const spec of [
    { infra_image: 'a' },
    { sysctl: { a: 'b' } },
    { hosts_file: 'none' },
    { userns: { nsmode: 'auto' as const } },
  ])
    expect(() => refuseWithoutInfra(spec)).toThrow(
      expect.objectContaining({ code: 'InvalidArgument', details: { field: Object.keys(spec)[0] } }),
    )
  refuseWithoutInfra({
    infra_command: [],
    labels: { a: 'b' },
    resource_limits: { pids: { limit: 1 } },
    shared_namespaces: ['none'],
  })
})
