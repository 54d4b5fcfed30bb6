import { expect, test } from 'vitest'

import { aboveCgroup, shownCgroup } from './cgroup.ts'

test('a slice of systemd is shown below the slice that it is in, a folder by its path', () => {
  const slice = { cgroupParent: 'machine-berth_pod_a1.slice' }
  expect([aboveCgroup(slice), shownCgroup(slice)]).toEqual(['machine.slice', 'machine.slice/machine-berth_pod_a1.slice'])
  const folder = { cgroupParent: '/berth/pod-a1' }
  expect([aboveCgroup(folder), shownCgroup(folder)]).toEqual(['/berth', '/berth/pod-a1'])
  expect(shownCgroup({ cgroupParent: '' })).toBe('')
})
