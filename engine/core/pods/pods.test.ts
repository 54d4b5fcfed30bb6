import { expect, test } from 'vitest'

import { exitPolicy, sharedNamespaces } from './settings.ts'
import { podState } from './state.ts'

test("a pod's state is its containers', as podman has it", () => {
  expect(podState([])).toBe('Created')
  expect(podState(['running', 'running'])).toBe('Running')
  expect(podState(['running', 'created'])).toBe('Degraded')
  expect(podState(['exited', 'exited', 'created'])).toBe('Degraded')
  expect(podState(['exited', 'stopped'])).toBe('Exited')
  expect(podState(['paused'])).toBe('Paused')
})

test('namespaces to share', () => {
  expect(sharedNamespaces(undefined)).toEqual(['ipc', 'net', 'uts'])
  expect(sharedNamespaces(['pid', 'net'])).toEqual(['net', 'pid'])
  expect(sharedNamespaces(['none'])).toEqual([])
  expect(() => sharedNamespaces(['foo'])).toThrow(expect.objectContaining({ code: 'InvalidArgument' }))
})

test('exit policies', () => {
  expect(exitPolicy(undefined)).toBe('continue')
  expect(exitPolicy('stop')).toBe('stop')
  expect(() => exitPolicy('foo')).toThrow(expect.objectContaining({ code: 'InvalidArgument' }))
})
