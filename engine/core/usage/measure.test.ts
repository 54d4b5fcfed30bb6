import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { detectCgroups } from '../../lib/cgroup/index.ts'
import type { ContainerRecord } from '../../store/index.ts'
import { openMeter } from './measure.ts'
import { parseNetDev } from './network-counters.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'cgroup-'))
  writeFileSync(path.join(root, 'cgroup.controllers'), 'cpu memory pids io\n')
})
afterEach(() => rmSync(root, { recursive: true }))

function use(cpuMicroseconds: number, memory: number): void {
  const folder = path.join(root, 'berth/a')
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'cpu.stat'), `usage_usec ${cpuMicroseconds}\nuser_usec ${cpuMicroseconds}\nsystem_usec 0\n`)
  writeFileSync(path.join(folder, 'memory.current'), String(memory))
  writeFileSync(path.join(folder, 'memory.stat'), 'anon 0\ninactive_file 4096\n')
  writeFileSync(path.join(folder, 'memory.max'), '1048576\n')
  writeFileSync(path.join(folder, 'pids.current'), '3\n')
}

const record = {
  id: 'a'.repeat(64),
  name: 'web',
  config: { namespaces: { net: { mode: 'bridge' } } },
  state: { pid: process.pid, cgroupPath: '/berth/a', startedAt: new Date(Date.now() - 10_000).toISOString() },
} as unknown as ContainerRecord

test('CPU is percent of one core: since the start at first, then since the time before', async () => {
  use(1_000_000, 532_480)
  const meter = openMeter(detectCgroups(root), record)
  const first = meter.measure()
  expect(first?.CPU).toBeCloseTo(10, 0)
  expect(first).toMatchObject({ Name: 'web', MemUsage: 528_384, MemLimit: 1_048_576, PIDs: 3, CPUNano: 1e9 })
  expect(first?.MemPerc).toBeCloseTo(50.39, 1)
  await new Promise((resolve) => setTimeout(resolve, 100))
  use(1_050_000, 532_480)
  const second = meter.measure()
  expect(second?.CPU).toBeGreaterThan(20)
  expect(second?.CPU).toBeLessThan(60)
  expect(second?.AvgCPU).toBeCloseTo(10.4, 0)
})

test('a container that has just started never seems to use more than the host has', () => {
  use(3_000_000, 4096)
  const started = { ...record, state: { ...record.state, startedAt: new Date(Date.now() - 20).toISOString() } }
  const first = openMeter(detectCgroups(root), started as ContainerRecord).measure()
  expect(first?.CPU).toBeLessThanOrEqual(availableParallelism() * 100)
  expect(first?.CPU).toBeGreaterThan(0)
})

test('a group that is gone measures as nothing, and a first sample has no rate', () => {
  const meter = openMeter(detectCgroups(root), record)
  expect(meter.measure()).toBeNull()
  use(1, 4096)
  expect(meter.sample()).toBeNull()
  expect(meter.sample()).toEqual({ cpu: 0, memory: 0 })
})

test('network counters leave the loopback out', () => {
  const text =
    'Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n    lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0\n  eth0: 1688 20 1 2 0 0 0 0 558 7 3 4 0 0 0 0\n'
  expect(parseNetDev(text)).toEqual({
    eth0: { RxBytes: 1688, RxPackets: 20, RxErrors: 1, RxDropped: 2, TxBytes: 558, TxPackets: 7, TxErrors: 3, TxDropped: 4 },
  })
})
