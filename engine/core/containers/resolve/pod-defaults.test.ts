import { expect, test } from 'vitest'

import type { PodSpec } from '../../../contract/index.ts'
import { withPodDefaults } from './pod-defaults.ts'

const pod: PodSpec = {
  mounts: [{ destination: '/h', source: '/srv', type: 'bind' }],
  volumes: [{ Name: 'data', Dest: '/data' }],
  overlay_volumes: [{ source: '/over', destination: '/over' }],
  image_volumes: [{ Source: 'image', Destination: '/image' }],
  volumes_from: ['other'],
  pod_devices: ['/dev/fuse'],
  security_opt: ['seccomp=unconfined', 'apparmor=unconfined', 'label=disable', 'no-new-privileges', 'mask=/proc/x'],
  shm_size_systemd: 5,
  no_manage_hosts: true,
  no_manage_hostname: true,
  no_manage_resolv_conf: true,
  hostadd: ['a:1.2.3.4'],
  dns_server: ['9.9.9.9'],
  dns_search: ['here'],
  dns_option: ['ndots:2'],
  hosts_file: 'none',
}

test('a member gets what its pod gives all: files, devices, profiles and labels, as podman 5.4.2 does', () => {
  expect(withPodDefaults({ image: 'a' }, pod)).toEqual({
    image: 'a',
    mounts: pod.mounts,
    volumes: pod.volumes,
    overlay_volumes: pod.overlay_volumes,
    image_volumes: pod.image_volumes,
    volumes_from: ['other'],
    devices: [{ path: '/dev/fuse' }],
    seccomp_profile_path: 'unconfined',
    apparmor_profile: 'unconfined',
    selinux_opts: ['disable'],
    shm_size_systemd: 5,
    use_image_hosts: true,
    use_image_hostname: true,
    use_image_resolve_conf: true,
  })
  expect(withPodDefaults({ image: 'a' }, {})).toEqual({ image: 'a' })
})

test('its own counts, and nothing is there twice', () => {
  const own = {
    image: 'a',
    mounts: [{ destination: '/h/', source: '/mine', type: 'bind' }],
    volumes: [{ Name: 'mine', Dest: '/data' }],
    devices: [{ path: '/dev/fuse' }, { path: '/dev/kvm' }],
    volumes_from: ['other'],
    seccomp_profile_path: '/own.json',
  }
  const { mounts, volumes, devices, volumes_from, seccomp_profile_path } = withPodDefaults(own, pod)
  expect({ image: 'a', mounts, volumes, devices, volumes_from, seccomp_profile_path }).toEqual(own)
})

test("in the host's network the pod's names are written for each of its containers", () => {
  expect(withPodDefaults({}, { ...pod, netns: { nsmode: 'host' } })).toMatchObject({
    hostadd: ['a:1.2.3.4'],
    dns_server: ['9.9.9.9'],
    dns_search: ['here'],
    dns_option: ['ndots:2'],
    base_hosts_file: 'none',
  })
})
