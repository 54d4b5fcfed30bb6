import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, describe, expect, test } from 'vitest'

import type { GroupResources } from './resources.ts'
import { limitGroup } from './resources.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'berth-limits-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const all: GroupResources = {
  memory: { limit: 1000, reservation: 500, swap: 1500, swappiness: 10 },
  cpu: { shares: 512, quota: 50_000, period: 100_000, cpus: '0-1', mems: '0' },
  pids: { limit: 20 },
  blockIO: {
    weight: 500,
    weightDevice: [{ major: 8, minor: 0, weight: 100 }],
    throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 1 }],
    throttleWriteBpsDevice: [{ major: 8, minor: 0, rate: 2 }],
    throttleReadIOPSDevice: [{ major: 8, minor: 0, rate: 3 }],
    throttleWriteIOPSDevice: [{ major: 8, minor: 0, rate: 4 }],
  },
}

/** A host's tree with a group whose files are there, as the kernel makes them. */
function tree(name: string, group: string, files: Record<string, readonly string[]>): string {
  const root = path.join(folder, name)
  for (const [controller, names] of Object.entries(files)) {
    mkdirSync(path.join(root, controller, group), { recursive: true })
    for (const each of names) writeFileSync(path.join(root, controller, group, each), '')
  }
  return root
}

const cgroups = (mode: 'v1' | 'v2', root: string) => ({ mode, root, unifiedControllers: [] }) as never

describe("a group's limits", () => {
  test('version 1: one file in the tree of each controller', () => {
    const files = {
      memory: ['limit_in_bytes', 'soft_limit_in_bytes', 'memsw.limit_in_bytes', 'swappiness'].map((each) => `memory.${each}`),
      cpu: ['cpu.shares', 'cpu.cfs_period_us', 'cpu.cfs_quota_us'],
      cpuset: ['cpuset.cpus', 'cpuset.mems'],
      pids: ['pids.max'],
      blkio: [
        'blkio.bfq.weight',
        'blkio.bfq.weight_device',
        ...['read_bps', 'write_bps', 'read_iops', 'write_iops'].map((each) => `blkio.throttle.${each}_device`),
      ],
    }
    const root = tree('v1', 'berth/pod', files)
    for (const each of ['cpuset.cpus', 'cpuset.mems'])
      for (const place of ['', 'berth', 'berth/pod']) writeFileSync(path.join(root, 'cpuset', place, each), '0-3')
    limitGroup(cgroups('v1', root), '/berth/pod', all)
    const read = (name: string) => readFileSync(path.join(root, name.split('.')[0]!, 'berth/pod', name), 'utf8')
    expect(
      Object.values(files)
        .flat()
        .map((name) => [name, read(name)]),
    ).toEqual([
      ['memory.limit_in_bytes', '1000'],
      ['memory.soft_limit_in_bytes', '500'],
      ['memory.memsw.limit_in_bytes', '1500'],
      ['memory.swappiness', '10'],
      ['cpu.shares', '512'],
      ['cpu.cfs_period_us', '100000'],
      ['cpu.cfs_quota_us', '50000'],
      ['cpuset.cpus', '0-1'],
      ['cpuset.mems', '0'],
      ['pids.max', '20'],
      ['blkio.bfq.weight', '500'],
      ['blkio.bfq.weight_device', '8:0 100'],
      ['blkio.throttle.read_bps_device', '8:0 1'],
      ['blkio.throttle.write_bps_device', '8:0 2'],
      ['blkio.throttle.read_iops_device', '8:0 3'],
      ['blkio.throttle.write_iops_device', '8:0 4'],
    ])
  })

  test('version 2: one folder, its units, and controllers that every group above passes on', () => {
    const names = ['memory.max', 'memory.low', 'memory.swap.max', 'cpu.weight', 'cpu.max', 'cpuset.cpus', 'pids.max', 'io.weight']
    const root = tree('v2', 'berth/pod', { '': names })
    writeFileSync(path.join(root, 'cgroup.subtree_control'), 'cpu')
    writeFileSync(path.join(root, 'berth/cgroup.subtree_control'), '')
    const { blockIO: _, ...rest } = all
    limitGroup(cgroups('v2', root), '/berth/pod', {
      ...rest,
      cpu: { shares: 512, quota: 50_000, cpus: '0-1' },
      blockIO: { weight: 500 },
    })
    const read = (name: string) => readFileSync(path.join(root, 'berth/pod', name), 'utf8')
    expect(names.map((name) => [name, read(name)])).toEqual([
      ['memory.max', '1000'],
      ['memory.low', '500'],
      ['memory.swap.max', '500'],
      ['cpu.weight', '20'],
      ['cpu.max', '50000 100000'],
      ['cpuset.cpus', '0-1'],
      ['pids.max', '20'],
      ['io.weight', 'default 4950'],
    ])
    expect(readFileSync(path.join(root, 'berth/cgroup.subtree_control'), 'utf8')).toMatch(/^\+/)
  })

  test('one that the host does not have is named', () => {
    const root = tree('bare', 'pod', { '': [] })
    expect(() => limitGroup(cgroups('v2', root), '/pod', { pids: { limit: 5 } })).toThrow(
      expect.objectContaining({ code: 'LimitUnavailable', details: { file: 'pids.max' } }),
    )
  })
})
