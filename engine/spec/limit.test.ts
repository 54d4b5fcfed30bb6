import { expect, test } from 'vitest'

import {
  checkCpuTime,
  checkMemory,
  cpuQuota,
  leastMemory,
  type MemoryLimits,
  parseCpus,
  parseMemory,
  parseMemorySwap,
  quotaCpus,
} from './limit.ts'

test('limits of memory', () => {
  expect(parseMemory('6m')).toBe(6_291_456)
  expect(parseMemorySwap('-1')).toBe(-1)
  expect(() => parseMemory('abc')).toThrow("invalid value for memory: invalid size: 'abc'")
  expect(() => parseMemory('-1')).toThrow("invalid value for memory: invalid size: '-1'")
  expect(() => parseMemorySwap('-5')).toThrow("invalid value for memory: invalid size: '-5'")
})

const mega = 1024 ** 2

test.each<MemoryLimits>([
  {},
  { limit: 0 },
  { limit: -1 },
  { limit: leastMemory },
  { limit: 6 * mega, swap: -1 },
  { limit: 6 * mega, swap: 6 * mega },
  { limit: 6 * mega, reservation: 6 * mega, swappiness: 100 },
  { reservation: 6 * mega },
])('%o is sound', (limits) => expect(() => checkMemory(limits)).not.toThrow())

// All but the first in the words of `podman create` 5.4.2.
test.each<[MemoryLimits, string]>([
  [{ limit: leastMemory - 1 }, 'too small for any container'],
  [{ swap: mega }, 'you should always set a memory limit when using a memoryswap limit, see usage'],
  [{ limit: 6 * mega, swap: mega }, 'minimum memoryswap limit should be larger than memory limit, see usage'],
  [{ limit: 6 * mega, reservation: 7 * mega }, 'minimum memory limit cannot be less than memory reservation limit, see usage'],
  [{ swappiness: 200 }, 'invalid value: 200, valid memory swappiness range is 0-100'],
])('%o is refused', (limits, words) => expect(() => checkMemory(limits)).toThrow(words))

// As `podman create --cpus` 5.4.2 takes them.
test.each([
  ['1.5', 150_000],
  ['.5', 50_000],
  ['1e2', 10_000_000],
  ['0.015', 1500],
])('%s CPUs are a quota of %d', (text, quota) => {
  expect(cpuQuota(parseCpus(text))).toEqual({ period: 100_000, quota })
  expect(quotaCpus({ period: 100_000, quota })).toBe(parseCpus(text))
})

test('no CPUs are no limit, and hardly any are refused', () => {
  expect(cpuQuota(0)).toBeUndefined()
  expect(cpuQuota(-1)).toBeUndefined()
  expect(cpuQuota(parseCpus('-1'))).toBeUndefined()
  expect(quotaCpus({})).toBe(0)
  expect(quotaCpus({ quota: -1, period: 100_000 })).toBe(0)
  expect(() => cpuQuota(0.001)).toThrow('CPU cfs quota cannot be less than 1ms (i.e. 1000)')
  for (const text of ['abc', '', '1,5', '.', '--1', ' 1']) expect(() => parseCpus(text), text).toThrow('is not a number')
})

test.each([
  [{ quota: 5 }, 'CPU cfs quota cannot be less than 1ms (i.e. 1000)'],
  [{ period: 5 }, 'CPU cfs period cannot be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)'],
  [{ period: 1_000_001 }, 'CPU cfs period cannot be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)'],
])('CPU time of %o is refused', (limits, message) => {
  expect(() => checkCpuTime(limits)).toThrow(message)
})

test('no CPU time, and any that the kernel takes, are allowed', () => {
  for (const limits of [{}, { quota: -1, period: 0 }, { quota: 1000, period: 1_000_000 }]) checkCpuTime(limits)
})
