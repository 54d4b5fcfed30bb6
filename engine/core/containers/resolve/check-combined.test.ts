import { expect, test } from 'vitest'

import type { ContainerSpec } from '../../../contract/index.ts'
import type { ContainerNamespaces } from '../../../store/index.ts'
import { checkBesideNamespaces, checkSeccompFile, checkSysctls } from './check-combined.ts'
import { checkHosts } from './check-hosts.ts'

test.each([
  [['foo'], 'bad format for add-host: "foo"'],
  [[':1.2.3.4'], 'bad format for add-host: ":1.2.3.4"'],
  [['a;:1.2.3.4'], 'bad format for add-host: "a;:1.2.3.4"'],
  [['a:nowhere'], 'invalid IP address in add-host: "nowhere"'],
])('lines for /etc/hosts: %j is refused', (hostadd, message) => {
  expect(() => checkHosts({ hostadd })).toThrow(message)
})

test('lines for /etc/hosts that can be written, and that there is a file to write', () => {
  const hostadd = ['a:1.2.3.4', 'b;c:::1', 'd:[fd00::1]', 'e:host-gateway']
  expect(() => checkHosts({ hostadd })).not.toThrow()
  expect(() => checkHosts({ hostadd, use_image_hosts: true })).toThrow('--no-hosts and --add-host cannot be set together')
  expect(() => checkHosts({ use_image_hosts: true })).not.toThrow()
})

test('only settings of namespaces are taken', () => {
  const sysctl = { 'net.ipv4.ip_forward': '1', 'fs.mqueue.msg_max': '5', 'kernel.shmmax': '1' }
  expect(() => checkSysctls({ sysctl })).not.toThrow()
  expect(() => checkSysctls({ sysctl: { 'kernel.panic': '1' } })).toThrow("sysctl 'kernel.panic' is not allowed")
})

test('a seccomp profile must be there when the container is made', () => {
  expect(() => checkSeccompFile({ seccomp_profile_path: 'unconfined' })).not.toThrow()
  expect(() => checkSeccompFile({ seccomp_profile_path: '/nowhere' })).toThrow(
    'opening seccomp profile failed: open /nowhere: no such file or directory',
  )
})

test.each<[ContainerSpec, string, string, string]>([
  [{ shm_size: 5 }, 'ipc', 'host', 'cannot set shmsize when running in the {host } IPC Namespace'],
  [{ shm_size: 5 }, 'ipc', 'none', 'cannot set shmsize when running in the {none } IPC Namespace'],
  [{ init: true }, 'pid', 'host', "cannot add init binary as PID 1 (PID namespace isn't private)"],
  [{ sysctl: { 'net.a': '1' } }, 'net', 'host', "sysctl net.a=1 can't be set since Network Namespace set to host"],
])('%j is refused where %s is %s', (spec, kind, mode, message) => {
  const usual = Object.fromEntries(['ipc', 'pid', 'net', 'uts', 'user', 'cgroup'].map((each) => [each, { mode: 'private' }]))
  const check = (namespaces: object) => checkBesideNamespaces(spec, namespaces as ContainerNamespaces)
  expect(() => check({ ...usual, [kind]: { mode } })).toThrow(message)
  expect(() => check(usual)).not.toThrow()
})
