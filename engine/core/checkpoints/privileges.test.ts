import { expect, test } from 'vitest'

import type { ContainerSpec } from '../../contract/index.ts'
import { privilegesOf, requireUnprivileged } from './privileges.ts'

const facts = { hasVolume: (name: string) => name === 'here' }
const asks = (spec: ContainerSpec) =>
  privilegesOf(spec, facts).map(({ kind, value }) => (value === '' ? kind : `${kind} ${value}`))

test.each<[string, ContainerSpec, string[]]>([
  ['privileged', { privileged: true }, ['privileged']],
  ['a root file system', { rootfs: '/srv/root' }, ['rootfs /srv/root']],
  [
    "the host's files, whatever kind of mount shows them",
    {
      mounts: [
        { destination: '/a', source: '/etc', options: ['ro'] },
        { destination: '/b', source: '/var', type: 'bind' },
        { destination: '/c', source: '/dev/vda', type: 'ext4' },
      ],
    },
    ['bind-mount /etc', 'bind-mount /var', 'bind-mount /dev/vda'],
  ],
  [
    'devices',
    { devices: [{ path: '/dev/fuse' }, { path: '/dev/kvm:/dev/x:r' }] },
    ['device /dev/fuse', 'device /dev/kvm:/dev/x:r'],
  ],
  ['capabilities', { cap_add: ['sys_admin', 'CAP_SYS_ADMIN', 'all', 'chown'] }, ['capability CAP_SYS_ADMIN', 'capability ALL']],
  [
    'namespaces',
    {
      netns: { nsmode: 'host' },
      pidns: { nsmode: 'container', value: 'db' },
      ipcns: { nsmode: 'path', value: '/proc/1/ns/ipc' },
      utsns: { nsmode: 'ns', value: '/run/x' },
      cgroupns: { nsmode: 'host' },
    },
    [
      "namespace host's network namespace",
      'namespace process namespace of container db',
      'namespace IPC namespace of /proc/1/ns/ipc',
      'namespace host name namespace of /run/x',
      "namespace host's cgroup namespace",
    ],
  ],
  ['seccomp', { seccomp_profile_path: 'unconfined' }, ['seccomp unconfined']],
  ['a seccomp profile of its own', { seccomp_profile_path: '/tmp/x.json' }, ['seccomp /tmp/x.json']],
  ['AppArmor', { apparmor_profile: 'unconfined' }, ['apparmor unconfined']],
  ['labels', { selinux_opts: ['disable'] }, ['label disable']],
  ['a folder below an overlay', { overlay_volumes: [{ source: '/etc', destination: '/a' }] }, ['bind-mount /etc']],
  [
    'devices by their numbers',
    { device_cgroup_rule: [{ allow: true, type: 'c', major: 10, access: 'rwm' }] },
    ['device-rule c 10:* rwm'],
  ],
  ["another container's volumes", { volumes_from: ['db:rw'] }, ['volumes-from db:rw']],
  [
    "the host's files and accounts",
    { base_hosts_file: '/etc/shadow', init_path: '/bin/sh', hostusers: ['root'], groups: ['5', 'keep-groups'] },
    ['host-file /etc/shadow', 'host-file /bin/sh', 'account root', 'groups keep-groups'],
  ],
  ['no file of the host', { base_hosts_file: 'image' }, []],
  ['files of control groups', { unified: { 'memory.high': '1' } }, ['cgroup-file memory.high']],
  ['systemd', { systemd: 'always' }, ['systemd always']],
  ["its image's own filter", { seccomp_policy: 'image' }, ['seccomp of its image']],
  ['what is hidden', { unmask: ['ALL'] }, ['unmask ALL']],
  [
    'volumes that are here',
    {
      volumes: [
        { Name: 'here', Dest: '/a' },
        { Name: 'new', Dest: '/b' },
      ],
    },
    ['volume here'],
  ],
  ['such volumes as mounts', { mounts: [{ type: 'volume', source: 'here', destination: '/a' }] }, ['volume here']],
  ['cgroups of others', { cgroup_parent: '/system.slice' }, ['cgroup-parent /system.slice']],
  [
    'files to write to',
    { log_configuration: { path: '/etc/cron.d/x' }, pid_file: '/p', conmon_pid_file: '/c', cidfile: '/i' },
    ['file /etc/cron.d/x', 'file /p', 'file /c', 'file /i'],
  ],
  [
    'annotations that programs obey',
    { annotations: { 'org.criu.config': '/x', 'run.oci.handler': 'krun', 'org.systemd.property.Slice': "'x'", harmless: 'y' } },
    ['annotation org.criu.config', 'annotation run.oci.handler', 'annotation org.systemd.property.Slice'],
  ],
  ['to outlive others', { oom_score_adj: -500 }, ['oom-score -500']],
  ["the engine's environment", { env_host: true }, ['environment']],
])('counts: %s', (_, spec, expected) => {
  expect(asks(spec)).toEqual(expected)
})

test('does not count: what every container may have', () => {
  const usual: ContainerSpec = {
    image: 'docker.io/library/x',
    cap_add: ['CHOWN'],
    cap_drop: ['ALL'],
    mounts: [{ type: 'tmpfs', destination: '/tmp' }],
    volumes: [{ Dest: '/anonymous' }, { Name: 'new', Dest: '/b' }],
    netns: { nsmode: 'bridge' },
    pidns: { nsmode: 'private' },
    userns: { nsmode: 'host' },
    seccomp_profile_path: 'builtin',
    annotations: { note: 'x' },
    oom_score_adj: 100,
    log_configuration: { driver: 'k8s-file' },
    privileged: false,
    env_host: false,
  }
  expect(privilegesOf(usual, facts)).toEqual([])
  expect(() => requireUnprivileged(usual, facts)).not.toThrow()
})

test('the refusal names each thing, and the way out', () => {
  expect(() => requireUnprivileged({ privileged: true, cap_add: ['BPF'] }, facts)).toThrow(
    expect.objectContaining({
      code: 'CheckpointPrivileged',
      message:
        'The checkpoint asks for all rights of a privileged container; the capability CAP_BPF: if you trust its creator, import it with --privileged.',
      details: {
        asks: ['all rights of a privileged container', 'the capability CAP_BPF'],
        kinds: ['privileged', 'capability'],
      },
    }),
  )
})
