import { expect, test } from 'vitest'

import { parseBlkioWeight, parseDeviceBytes, parseDeviceOperations, parseDeviceWeight } from './device-limit.ts'
import { parseDeviceRule } from './device-rule.ts'

test('limits of devices', () => {
  expect(parseBlkioWeight('300')).toBe(300)
  expect(parseBlkioWeight('0')).toBe(0)
  expect(parseDeviceWeight('/dev/zero:100')).toEqual({ path: '/dev/zero', weight: 100 })
  expect(parseDeviceBytes('/dev/sda:1mb')).toEqual({ path: '/dev/sda', rate: 1_048_576 })
  expect(parseDeviceOperations('/dev/sda:1000')).toEqual({ path: '/dev/sda', rate: 1000 })
})

// In the words of `podman create` 5.4.2, but for the weight of all devices, which it takes and the kernel refuses.
test.each<[(text: string) => unknown, string, string]>([
  [parseBlkioWeight, '5', 'range of blkio weight is from 10 to 1000'],
  [parseBlkioWeight, '1001', 'range of blkio weight is from 10 to 1000'],
  [parseBlkioWeight, 'x', 'invalid value for blkio-weight: '],
  [parseDeviceWeight, '/dev/zero', 'bad format: /dev/zero'],
  [parseDeviceWeight, '/dev/zero:5', 'invalid weight for device: /dev/zero:5'],
  [parseDeviceWeight, '/dev/zero:x', 'invalid weight for device: /dev/zero:x'],
  [parseDeviceWeight, 'zero:100', 'bad format for device path: zero:100'],
  [
    parseDeviceBytes,
    '/dev/zero:xx',
    'invalid rate for device: /dev/zero:xx. The correct format is <device-path>:<number>[<unit>].',
  ],
  [parseDeviceBytes, '/dev/zero:-1', 'invalid rate for device: /dev/zero:-1.'],
  [parseDeviceOperations, '/dev/zero:1k', 'invalid rate for device: /dev/zero:1k. The correct format is <device-path>:<number>.'],
  [parseDeviceOperations, 'x', 'bad format: x'],
  [parseDeviceRule, 'x 1:3 r', 'invalid device type in device-access-add: x'],
  [parseDeviceRule, 'c 1:3 q', 'invalid device access in device-access-add: q'],
  [parseDeviceRule, 'c 1:3', 'invalid device cgroup rule requires type, major:Minor, and access rules: "c 1:3"'],
  [parseDeviceRule, 'c 1:3x r', '"3x" is neither a device number nor *'],
])('%o refuses %s', (parse, text, message) => {
  expect(() => parse(text)).toThrow(message)
})

test.each([
  ['c 1:3 rwm', { allow: true, type: 'c', major: 1, minor: 3, access: 'rwm' }],
  ['c 1:* r', { allow: true, type: 'c', major: 1, access: 'r' }],
  ['a *:* rwm', { allow: true, type: 'a', access: 'rwm' }],
  ['b 8 r', { allow: true, type: 'b', major: 8, access: 'r' }],
])('the rule %s', (text, rule) => expect(parseDeviceRule(text)).toEqual(rule))
