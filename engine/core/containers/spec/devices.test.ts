import { expect, test } from 'vitest'

import { containerDevices, refuseUnprivileged } from './devices.ts'

test('devices by path, by number, and rules for others', () => {
  const { devices, rules } = containerDevices(
    {
      devices: [{ path: '/dev/zero:/dev/mine:r' }, { path: '/dev/made', type: 'c', major: 1, minor: 7, fileMode: 0o600, uid: 5 }],
      device_cgroup_rule: [
        { allow: true, type: 'c', major: 4, minor: -1, access: 'rw' },
        { allow: false, type: 'b' },
      ],
    },
    false,
    false,
  )
  expect(devices.map(({ path, type, major, minor }) => [path, type, major, minor])).toEqual([
    ['/dev/mine', 'c', 1, 5],
    ['/dev/made', 'c', 1, 7],
  ])
  expect(devices[1]).toMatchObject({ fileMode: 0o600, uid: 5 })
  expect(rules).toEqual([
    { allow: false, access: 'rwm' },
    { allow: true, type: 'c', major: 1, minor: 5, access: 'r' },
    { allow: true, type: 'c', major: 1, minor: 7, access: 'rwm' },
    { allow: true, type: 'c', major: 4, access: 'rw' },
    { allow: false, type: 'b' },
  ])
})

test('ordinary users give devices of the host alone', () => {
  const made = { devices: [{ path: '/dev/made', type: 'c', major: 1, minor: 7 }] }
  expect(() => refuseUnprivileged(made, true)).toThrow(expect.objectContaining({ code: 'NotSupported' }))
  expect(() => refuseUnprivileged({ device_cgroup_rule: [{ allow: true }] }, true)).toThrow('not supported in rootless mode')
  expect(() => refuseUnprivileged(made, false)).not.toThrow()
  expect(() => refuseUnprivileged({ devices: [{ path: '/dev/x', type: 'zz' }] }, false)).toThrow(
    expect.objectContaining({ code: 'InvalidArgument' }),
  )
})

test.each([
  ['/nowhere', 'stat /nowhere: no such file or directory'],
  ['/etc/passwd', '/etc/passwd is not a valid device: not a device node'],
  ['/etc/ssl', 'no devices found in /etc/ssl: invalid argument'],
  ['/dev/null:/dev/foo:x', 'invalid device mode: x'],
  ['/dev/null:/dev/foo:rr', 'invalid device mode: rr'],
  ['/dev/null:foo', 'invalid device mode: foo'],
])('--device %s is refused', (text, message) => {
  expect(() => containerDevices({ devices: [{ path: text }] }, false, false)).toThrow(message)
})

test('a folder of devices stands for those below it', () => {
  const { devices } = containerDevices({ devices: [{ path: '/dev:/mine:r' }] }, false, false)
  expect(devices.find(({ path }) => path === '/mine/null')).toMatchObject({ type: 'c', major: 1, minor: 3 })
  expect(devices.some(({ path }) => path === '/mine/console')).toBe(false)
})
