import { expect, test } from 'vitest'

import { isMountedAs, mountPointsBelow } from './mount-table.ts'

const table = `23 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 23 0:22 / /sys rw,nosuid - sysfs sysfs rw
31 30 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
33 31 0:30 / /sys/fs/cgroup/cpu\\040acct rw,relatime - cgroup cgroup rw,cpuacct
32 30 0:29 / /sys/fs/bpf rw - bpf bpf rw
34 30 0:29 / /sys/fs/bpf ro - bpf bpf rw
35 23 0:31 / /system rw - tmpfs tmpfs rw
`

test('places of mounts below a folder, outer ones first, each once', () => {
  expect(mountPointsBelow('/sys', table)).toEqual(['/sys/fs/cgroup', '/sys/fs/bpf', '/sys/fs/cgroup/cpu acct'])
  expect(mountPointsBelow('/sys/fs/cgroup', table)).toEqual(['/sys/fs/cgroup/cpu acct'])
  expect(mountPointsBelow('/home', table)).toEqual([])
})

test('this process has one', () => {
  expect(mountPointsBelow('').length).toBeGreaterThan(1)
})

const layered = [
  '22 1 0:20 / / rw - ext4 /dev/root rw',
  '30 22 0:41 / /run/user/1000 rw,nosuid shared:9 - tmpfs tmpfs rw,size=1k',
  '31 22 0:42 / /run/user/1001 rw - tmpfs tmpfs rw',
  '32 31 0:43 / /run/user/1001 rw - fuse.sshfs host: rw,allow_other',
].join('\n')

test.each([
  ['/run/user/1000', true],
  // The upper one counts.
  ['/run/user/1001', false],
  ['/run/user/10', false],
  ['/run/user/1000/x', false],
])('%s is a tmpfs: %s', (path, expected) => {
  expect(isMountedAs(path, 'tmpfs', layered)).toBe(expected)
})
