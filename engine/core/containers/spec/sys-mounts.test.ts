import { expect, test } from 'vitest'

import { maskedPaths, unmasksCgroups } from './masked-paths.ts'
import { sysMounts } from './sys-mounts.ts'

const below = () => ['/sys/fs/bpf', '/sys/fs/fuse/connections']

test("every file system below the host's /sys is read-only by itself", () => {
  const mounts = sysMounts(true, true, false, below)
  expect(mounts.map(({ destination, source }) => [destination, source])).toEqual(
    ['/sys', '/sys/fs/bpf', '/sys/fs/fuse/connections'].map((place) => [place, place]),
  )
  for (const { type, options } of mounts) {
    expect(type).toBe('bind')
    expect(options).toEqual(expect.arrayContaining(['ro', 'rbind', 'nosuid', 'noexec', 'nodev', 'rprivate']))
  }
})

test('a privileged container may write, and others get a sysfs of their own', () => {
  expect(sysMounts(true, true, true, below)).toMatchObject([{ destination: '/sys', type: 'bind' }])
  expect(sysMounts(true, true, true, below)[0]?.options).toContain('rw')
  for (const [rootless, hostNetwork] of [
    [true, false],
    [false, true],
  ] as const)
    expect(sysMounts(rootless, hostNetwork, false, below)).toEqual([
      { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
    ])
})

test("what is hidden of the host's /sys stays so, whatever is unmasked", () => {
  expect(maskedPaths({ unmask: ['ALL'] }, true)).toEqual(['/sys/kernel'])
  expect(maskedPaths({ unmask: ['ALL'] }, false)).toEqual([])
  expect(maskedPaths({ unmask: ['/proc/*'], mask: ['/a:/b'] }, false)).toEqual([
    '/sys/devices/virtual/powercap',
    '/sys/firmware',
    '/sys/fs/selinux',
    '/a',
    '/b',
  ])
})

test('cgroups are writable for who asks by their very name', () => {
  expect(unmasksCgroups({ unmask: ['all'] })).toBe(true)
  expect(unmasksCgroups({ unmask: ['/proc/acpi:/sys/fs/cgroup/'] })).toBe(true)
  expect(unmasksCgroups({ unmask: ['/sys/fs/*', '/sys/fs/cgroup/memory'] })).toBe(false)
  expect(unmasksCgroups({})).toBe(false)
})
