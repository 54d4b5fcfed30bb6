import { expect, test } from 'vitest'

import { sliceProperties } from './slice-properties.ts'

test('limits as systemd has them on its bus', () => {
  expect(
    sliceProperties({
      memory: { limit: 1000, reservation: 500, swap: 1500 },
      cpu: { shares: 1024, quota: 50_000, period: 100_000, cpus: '0-1,9', mems: '0' },
      pids: { limit: -1 },
      blockIO: {
        weight: 1000,
        weightDevice: [{ major: 8, minor: 0, weight: 10 }],
        throttleReadBpsDevice: [{ major: 8, minor: 1, rate: 5 }],
        throttleWriteIOPSDevice: [
          { major: 8, minor: 1, rate: 6 },
          { major: 8, minor: 2, rate: 7 },
        ],
      },
    }),
  ).toEqual([
    ['MemoryMax', 't', '1000'],
    ['MemoryLow', 't', '500'],
    ['MemorySwapMax', 't', '500'],
    ['CPUWeight', 't', '39'],
    ['CPUQuotaPerSecUSec', 't', '500000'],
    ['CPUQuotaPeriodUSec', 't', '100000'],
    ['AllowedCPUs', 'ay', '2', '3', '2'],
    ['AllowedMemoryNodes', 'ay', '1', '1'],
    ['TasksMax', 't', '18446744073709551615'],
    ['IOWeight', 't', '10000'],
    ['IODeviceWeight', 'a(st)', '1', '/dev/block/8:0', '1'],
    ['IOReadBandwidthMax', 'a(st)', '1', '/dev/block/8:1', '5'],
    ['IOWriteIOPSMax', 'a(st)', '2', '/dev/block/8:1', '6', '/dev/block/8:2', '7'],
  ])
  expect(sliceProperties({})).toEqual([])
})
