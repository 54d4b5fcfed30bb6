import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cgroupPaths, detectCgroups, isFrozen, KeptFiles, ownProcesses, processesIn, readUsage } from './index.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'berth-cgroup-'))
})
afterEach(() => rmSync(root, { recursive: true }))

function record(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}

/** Recorded from a container of runc 1.1.15 on kernel 6.18 with 64 MiB, 0.2 processors and 55 pids. */
const v1Files = {
  'cpuacct/berth/c1/cpuacct.usage': '369107088\n',
  'cpuacct/berth/c1/cpuacct.usage_user': '351634597\n',
  'cpuacct/berth/c1/cpuacct.usage_percpu': '14250150 354856938 \n',
  'cpu/berth/c1/cpu.stat': 'nr_periods 17\nnr_throttled 16\nthrottled_time 1282219030\nnr_bursts 0\nburst_time 0\n',
  'memory/berth/c1/memory.usage_in_bytes': '21831680\n',
  'memory/berth/c1/memory.stat':
    'cache 21110784\nrss 61440\ninactive_file 7\nhierarchical_memory_limit 67108864\ntotal_cache 21110784\ntotal_inactive_file 131072\n',
  'memory/berth/c1/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
  'pids/berth/c1/pids.current': '3\n',
  'pids/berth/c1/pids.max': '55\n',
  'pids/berth/c1/cgroup.procs': '',
  'freezer/berth/c1/freezer.state': 'FROZEN\n',
  'freezer/berth/c1/cgroup.procs': '9001\n',
  'freezer/berth/c1/inner/cgroup.procs': '9002\n9003\n',
  'blkio/berth/c1/blkio.throttle.io_service_bytes_recursive':
    '8:16 Read 4096\n8:16 Write 100\n8:16 Sync 0\n8:16 Async 0\n8:16 Discard 0\n8:16 Total 4196\n8:0 Read 1\n8:0 Write 2\n8:0 Total 3\nTotal 4199\n',
}

test('version 1', () => {
  record(v1Files)
  const cgroups = detectCgroups(root)
  expect(cgroups.mode).toBe('v1')
  const paths = cgroupPaths(cgroups, '/berth/c1')
  expect(readUsage(paths, { perCpu: true })).toEqual({
    cpuNanos: 369107088,
    cpuUserNanos: 351634597,
    cpuSystemNanos: 17472491,
    perCpuNanos: [14250150, 354856938],
    throttledPeriods: 16,
    throttledNanos: 1282219030,
    memoryUsage: 21831680,
    memoryBytes: 21700608,
    memoryLimit: 67108864,
    oomKills: 2,
    pids: 3,
    pidsLimit: 55,
    ioReadBytes: 4097,
    ioWriteBytes: 102,
  })
  expect(isFrozen(paths)).toBe(true)
  expect(processesIn(paths)).toEqual([9001, 9002, 9003])
  expect(ownProcesses(paths)).toEqual([9001])
})

test('version 1 without limits', () => {
  record({
    ...v1Files,
    'pids/berth/c1/pids.max': 'max\n',
    'memory/berth/c1/memory.stat': 'hierarchical_memory_limit 9223372036854771712\ntotal_inactive_file 0\n',
  })
  const usage = readUsage(cgroupPaths(detectCgroups(root), '/berth/c1'))
  expect(usage?.memoryLimit).toBeUndefined()
  expect(usage?.pidsLimit).toBeUndefined()
})

test('a cgroup2 tree beside version 1 trees is a hybrid host, with the controllers it holds', () => {
  record({ ...v1Files, 'unified/cgroup.controllers': 'hugetlb\n' })
  const cgroups = detectCgroups(root)
  expect(cgroups).toMatchObject({ mode: 'hybrid', unifiedControllers: ['hugetlb'] })
  expect(readUsage(cgroupPaths(cgroups, '/berth/c1'))?.cpuNanos).toBe(369107088)
})

/** By the kernel's documentation, admin-guide/cgroup-v2 and accounting/psi. */
const v2Files = {
  'cgroup.controllers': 'cpuset cpu io memory hugetlb pids rdma\n',
  'user.slice/c1.scope/cpu.stat':
    'usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\nnr_periods 20\nnr_throttled 4\nthrottled_usec 250\nnr_bursts 0\nburst_usec 0\n',
  'user.slice/c1.scope/memory.current': '10485760\n',
  'user.slice/c1.scope/memory.stat': 'anon 1\nfile 2\nactive_file 5\ninactive_file 485760\nunevictable 0\n',
  'user.slice/c1.scope/memory.max': '104857600\n',
  'user.slice/c1.scope/memory.events': 'low 0\nhigh 0\nmax 12\noom 1\noom_kill 1\noom_group_kill 0\n',
  'user.slice/c1.scope/pids.current': '4\n',
  'user.slice/c1.scope/pids.max': 'max\n',
  'user.slice/c1.scope/io.stat':
    '8:0 rbytes=4096 wbytes=1 rios=1 wios=1 dbytes=9 dios=0\n8:16 rbytes=4 wbytes=2 rios=1 wios=1 dbytes=0 dios=0\n',
  'user.slice/c1.scope/cgroup.freeze': '0\n',
  'user.slice/c1.scope/cgroup.procs': '',
  'user.slice/c1.scope/container/cgroup.procs': '77\n',
  'user.slice/c1.scope/cpu.pressure':
    'some avg10=1.50 avg60=0.25 avg300=0.00 total=1234\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=5\n',
}

test('version 2', () => {
  record(v2Files)
  const cgroups = detectCgroups(root)
  expect(cgroups.mode).toBe('v2')
  const paths = cgroupPaths(cgroups, '/user.slice/c1.scope')
  expect(readUsage(paths, { psi: true })).toEqual({
    cpuNanos: 1_500_000_000,
    cpuUserNanos: 1_000_000_000,
    cpuSystemNanos: 500_000_000,
    throttledPeriods: 4,
    throttledNanos: 250_000,
    memoryUsage: 10485760,
    memoryBytes: 10_000_000,
    memoryLimit: 104857600,
    oomKills: 1,
    pids: 4,
    pidsLimit: undefined,
    ioReadBytes: 4100,
    ioWriteBytes: 3,
    psi: {
      cpu: { some: { avg10: 1.5, avg60: 0.25, avg300: 0, total: 1234 }, full: { avg10: 0, avg60: 0, avg300: 0, total: 5 } },
      memory: undefined,
      io: undefined,
    },
  })
  expect(isFrozen(paths)).toBe(false)
  expect(processesIn(paths)).toEqual([77])
  expect(ownProcesses(paths)).toEqual([])
  record({ 'user.slice/c1.scope/container/cgroup.freeze': '1\n' })
  expect(isFrozen(paths)).toBe(true)
})

test('a group with only the files of the first tree, as without controllers', () => {
  record({ 'cgroup.controllers': '', 'c/cpu.stat': 'usage_usec 5\nuser_usec 2\nsystem_usec 3\n' })
  const usage = readUsage(cgroupPaths(detectCgroups(root), '/c'))
  expect(usage).toMatchObject({ cpuNanos: 5000 })
  expect(usage?.memoryBytes).toBeUndefined()
  expect(usage?.pids).toBeUndefined()
})

test.each(['v1', 'v2'])('%s: a group that has ended is null, not an error', (mode) => {
  if (mode === 'v2') record({ 'cgroup.controllers': '' })
  const paths = cgroupPaths(detectCgroups(root), '/gone')
  expect(readUsage(paths)).toBeNull()
  expect(processesIn(paths)).toEqual([])
  expect(isFrozen(paths)).toBe(false)
})

test('files that are kept open show what they hold at each reading', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'berth-files-'))
  const file = path.join(folder, 'a')
  using files = new KeptFiles()
  try {
    expect(files.read(file)).toBeUndefined()
    writeFileSync(file, '1')
    expect(files.read(file)).toBe('1')
    writeFileSync(file, '22')
    expect(files.read(file)).toBe('22')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
