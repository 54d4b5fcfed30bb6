import { expect, test } from 'vitest'

import type { ContainerSpec } from '../../../contract/index.ts'
import type { ContainersConf } from '../../config/containers-conf.ts'
import { withConfDefaults } from './conf-defaults.ts'

const withConf = (spec: ContainerSpec, containers: ContainersConf['containers'], engine: ContainersConf['engine'] = {}) =>
  withConfDefaults(spec, { containers, engine, network: {}, secrets: {} })

const bind = (destination: string, source = '/h') => ({ type: 'bind', source, destination, options: ['rbind'] })

test.each<[string, ContainersConf['containers'], ContainerSpec, ContainerSpec]>([
  ['annotations', { annotations: ['a=b', 'c=d'] }, { annotations: { c: 'own' } }, { annotations: { a: 'b', c: 'own' } }],
  ['cgroups', { cgroups: 'disabled' }, {}, { cgroups_mode: 'disabled' }],
  ['cgroups of the request', { cgroups: 'disabled' }, { cgroups_mode: 'no-conmon' }, { cgroups_mode: 'no-conmon' }],
  ['cgroupns', { cgroupns: 'host' }, {}, { cgroupns: { nsmode: 'host' } }],
  ['pidns of the request', { pidns: 'host' }, { pidns: { nsmode: 'private' } }, { pidns: { nsmode: 'private' } }],
  ['pidns', { pidns: 'host' }, { pidns: {} }, { pidns: { nsmode: 'host' } }],
  ['pidns in a pod', { pidns: 'host' }, { pod: 'p' }, { pod: 'p' }],
  ['ipcns', { ipcns: 'none' }, {}, { ipcns: { nsmode: 'none' } }],
  ['utsns', { utsns: 'host' }, {}, { utsns: { nsmode: 'host' } }],
  ['userns', { userns: 'keep-id:uid=5' }, {}, { userns: { nsmode: 'keep-id', value: 'uid=5' } }],
  ['the usual namespaces', { userns: 'host', pidns: 'private' }, {}, {}],
  [
    'devices',
    { devices: ['/dev/a:/dev/b:r'] },
    { devices: [{ path: '/dev/c' }] },
    { devices: [{ path: '/dev/c' }, { path: '/dev/a:/dev/b:r' }] },
  ],
  [
    'cgroup_conf',
    { cgroupConf: ['memory.high=1'] },
    { unified: { 'memory.low': '2' } },
    { unified: { 'memory.high': '1', 'memory.low': '2' } },
  ],
  ['env_host', { envHost: true }, {}, { env_host: true }],
  ['env_host of the request', { envHost: true }, { env_host: false }, { env_host: false }],
  ['label', { label: false }, {}, { selinux_opts: ['disable'] }],
  ['no_hosts', { noHosts: true }, {}, { use_image_hosts: true }],
  ['no_hosts beside --add-host', { noHosts: true }, { hostadd: ['a:1.2.3.4'] }, { hostadd: ['a:1.2.3.4'] }],
  ['privileged', { privileged: true }, {}, { privileged: true }],
  ['privileged of the request', { privileged: true }, { privileged: false }, { privileged: false }],
  ['tz', { tz: 'local' }, {}, { timezone: 'local' } as ContainerSpec],
  ['umask', { umask: '0027' }, {}, { umask: '0027' }],
  [
    'container_name_as_hostname',
    { containerNameAsHostname: true },
    { name: 'my_web.1' },
    { name: 'my_web.1', hostname: 'myweb.1' },
  ],
  ['nothing', {}, { name: 'a' }, { name: 'a' }],
])('%s', (_, conf, spec, expected) => {
  expect(withConf(spec, conf)).toEqual(expected)
})

test('volumes and mounts come before those of the request, which wins at the same place', () => {
  const conf = { volumes: ['/h:/a', 'data:/v', '/h:/own'], mounts: ['type=tmpfs,destination=/t'] }
  const found = withConf({ mounts: [bind('/own', '/mine')] }, conf)
  expect(found.mounts).toMatchObject([bind('/a'), { type: 'tmpfs', destination: '/t' }, bind('/own', '/mine')])
  expect(found.volumes).toMatchObject([{ Name: 'data', Dest: '/v' }])
  expect(() => withConf({}, { volumes: ['x:y:z:w'] })).toThrow(/containers\.conf, volumes/)
})

test('image_volume_mode has another word for what an image asks for', () => {
  expect(withConf({}, {}, { imageVolumeMode: 'bind' })).toEqual({ image_volume_mode: 'anonymous' })
  expect(withConf({ image_volume_mode: 'ignore' }, {}, { imageVolumeMode: 'tmpfs' })).toEqual({ image_volume_mode: 'ignore' })
})

test('apparmor_profile counts where there is AppArmor, and not for what is privileged', () => {
  const conf = { containers: { apparmorProfile: 'p' }, engine: {}, network: {}, secrets: {} }
  expect(withConfDefaults({}, conf, () => true)).toEqual({ apparmor_profile: 'p' })
  expect(withConfDefaults({ apparmor_profile: 'own' }, conf, () => true)).toEqual({ apparmor_profile: 'own' })
  expect(withConfDefaults({ privileged: true }, conf, () => true)).toEqual({ privileged: true })
  expect(withConfDefaults({}, conf, () => false)).toEqual({})
})
