import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, afterEach, expect, test } from 'vitest'

import type { Context } from '../../context.ts'
import { blockIoLimits, withoutWeights } from './block-io.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'block-io-'))
afterEach(() => rmSync(path.join(folder, 'blkio'), { recursive: true, force: true }))
afterAll(() => rmSync(folder, { recursive: true }))

test('devices are named by their numbers, beside those that the request has by number', () => {
  const spec = {
    weightDevice: { '/dev/zero': { weight: 100 } },
    throttleReadBpsDevice: { '/dev/null': { rate: 5 } },
    resource_limits: { blockIO: { weight: 300, throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 1 }] } },
  }
  expect(blockIoLimits(spec)).toEqual({
    weight: 300,
    weightDevice: [{ major: 1, minor: 5, weight: 100 }],
    throttleReadBpsDevice: [
      { major: 8, minor: 0, rate: 1 },
      { major: 1, minor: 3, rate: 5 },
    ],
  })
  expect(blockIoLimits({})).toBeUndefined()
  expect(blockIoLimits({ resource_limits: { blockIO: { weight: 0 } } })).toBeUndefined()
})

test.each([
  [{ throttleReadBpsDevice: { '/dev/nope': { rate: 5 } } }, 'could not parse throttle device at /dev/nope: no such file'],
  [{ weightDevice: { '/dev/nope': { weight: 50 } } }, "failed to inspect '/dev/nope' in --blkio-weight-device"],
  [{ weightDevice: { '/tmp': { weight: 50 } } }, 'it is not a device'],
  [{ weightDevice: { '/dev/zero': { weight: 5 } } }, 'range of blkio weight'],
  [{ resource_limits: { blockIO: { weight: 2000 } } }, 'range of blkio weight'],
])('%o is refused', (spec, message) => expect(() => blockIoLimits(spec)).toThrow(message))

test('weights that the kernel does not have are left out with a warning', () => {
  const limits = { weight: 300, throttleReadBpsDevice: [{ major: 1, minor: 5, rate: 1 }] }
  const context = (mode: string) => ({ cgroups: { mode, root: folder } }) as unknown as Context
  const warnings: string[] = []
  expect(withoutWeights(context('v1'), limits, warnings)).toEqual({ throttleReadBpsDevice: limits.throttleReadBpsDevice })
  expect(warnings).toEqual(['Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.'])
  expect(withoutWeights(context('v2'), limits, [])).toEqual(limits)
  mkdirSync(path.join(folder, 'blkio'))
  writeFileSync(path.join(folder, 'blkio/blkio.bfq.io_serviced'), '')
  expect(withoutWeights(context('v1'), limits, [])).toEqual(limits)
})
