import { expect, test } from 'vitest'

import { fakeInfo } from '../testing/fake-data.ts'
import { capabilitiesOf } from './capabilities.ts'

const host = (rootless: boolean) => ({ ...fakeInfo().host, security: { rootless, selinuxEnabled: false, seccompEnabled: true } })

test('our engine reports its capabilities', () => {
  const can = capabilitiesOf(fakeInfo({ host: host(true), berth: { version: '1', features: ['rename'], notes: [] } }))
  expect([can.program, can.has('rename'), can.has('usage-history'), can.checkpointReason?.includes('requires root')]).toEqual([
    'berth',
    true,
    false,
    true,
  ])
})

test('a rootless engine of ours that can checkpoint offers it', () => {
  expect(
    capabilitiesOf(fakeInfo({ host: host(true), berth: { version: '1', features: ['rootless-checkpoint'], notes: [] } }))
      .checkpointReason,
  ).toBeUndefined()
})

test('real Podman has what it is known to have', () => {
  const system = capabilitiesOf(fakeInfo({ host: host(false), berth: undefined }))
  expect([system.program, system.has('usage-history'), system.has('rename'), system.checkpointReason]).toEqual([
    'podman',
    false,
    true,
    undefined,
  ])
  expect(capabilitiesOf(fakeInfo({ host: host(true), berth: undefined })).checkpointReason).toBeDefined()
  expect([system.does('image.history'), system.does('image.layers'), system.does('registry.login')]).toEqual([true, false, false])
})
