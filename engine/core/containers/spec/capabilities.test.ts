import { expect, test } from 'vitest'

import { boundingCapabilities, defaultCapabilities, resolveCapabilities } from './capabilities.ts'

test('adding and dropping single capabilities', () => {
  const found = resolveCapabilities(defaultCapabilities, ['net_admin', 'CAP_SYS_TIME'], ['chown'], false)
  expect(found).toContain('CAP_NET_ADMIN')
  expect(found).toContain('CAP_SYS_TIME')
  expect(found).not.toContain('CAP_CHOWN')
  expect(found).toContain('CAP_KILL')
})

test('dropping all leaves only what is added', () => {
  expect(resolveCapabilities(defaultCapabilities, ['NET_BIND_SERVICE'], ['all'], false)).toEqual(['CAP_NET_BIND_SERVICE'])
  expect(resolveCapabilities(defaultCapabilities, [], ['ALL'], false)).toEqual([])
})

test('adding all leaves out what is dropped', () => {
  const found = resolveCapabilities(defaultCapabilities, ['ALL'], ['CAP_CHOWN'], false)
  expect(found).not.toContain('CAP_CHOWN')
  expect(found.length).toBe(new Set([...boundingCapabilities(), 'CAP_CHOWN']).size - 1)
})

test('a name that is no capability is refused, and so is adding and dropping the same', () => {
  expect(() => resolveCapabilities(defaultCapabilities, ['FLY'], [], false)).toThrow(/"CAP_FLY": unknown capability/)
  expect(() => resolveCapabilities(defaultCapabilities, ['KILL'], ['KILL'], false)).toThrow(/cannot be dropped and added/)
  expect(() => resolveCapabilities(defaultCapabilities, ['all'], ['ALL'], false)).toThrow('adding all caps and removing all caps')
  expect(resolveCapabilities(defaultCapabilities, [], ['ALL'], true)).toEqual(boundingCapabilities().toSorted())
})

test("reads the kernel's mask", () => {
  expect(boundingCapabilities('CapBnd:\t0000000000000021\n')).toEqual(['CAP_CHOWN', 'CAP_KILL'])
})
