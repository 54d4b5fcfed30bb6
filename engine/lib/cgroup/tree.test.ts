import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cgroupOfProcess, cgroupPaths, createCgroup, detectCgroups, isDelegated, moveProcess, removeCgroup } from './index.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'berth-cgroup-'))
})
afterEach(() => rmSync(root, { recursive: true }))

test('groups that leave the tree are refused', () => {
  const cgroups = detectCgroups(root)
  for (const group of ['berth', '/berth/../..', ''])
    expect(() => cgroupPaths(cgroups, group)).toThrow(expect.objectContaining({ code: 'InvalidArgument' }))
})

test('a process is found in every version 1 tree, joint ones too', () => {
  mkdirSync(path.join(root, 'proc/7'), { recursive: true })
  writeFileSync(path.join(root, 'proc/7/cgroup'), '9:name=systemd:/\n5:memory:/a:b\n2:cpu,cpuacct:/c\n0::/u\n')
  expect(cgroupOfProcess(detectCgroups(root), 7, path.join(root, 'proc'))).toEqual({
    mode: 'v1',
    folders: { memory: path.join(root, 'memory/a:b'), cpu: path.join(root, 'cpu/c'), cpuacct: path.join(root, 'cpuacct/c') },
  })
  expect(cgroupOfProcess(detectCgroups(root), 8, path.join(root, 'proc'))).toBeNull()
})

test("crun's inner group is not taken for the one with the limits", () => {
  writeFileSync(path.join(root, 'cgroup.controllers'), '')
  mkdirSync(path.join(root, 'proc/7'), { recursive: true })
  writeFileSync(path.join(root, 'proc/7/cgroup'), '0::/user.slice/libpod-1.scope/container\n')
  expect(cgroupOfProcess(detectCgroups(root), 7, path.join(root, 'proc'))?.folders).toEqual({
    unified: path.join(root, 'user.slice/libpod-1.scope'),
  })
})

test('making and removing a group touches every tree that exists, with its parents and what is below', async () => {
  for (const tree of ['memory', 'cpu', 'systemd']) mkdirSync(path.join(root, tree))
  const cgroups = detectCgroups(root)
  createCgroup(cgroups, '/berth/user-1')
  createCgroup(cgroups, '/berth/user-1')
  expect(existsSync(path.join(root, 'memory/berth/user-1'))).toBe(true)
  expect(existsSync(path.join(root, 'pids'))).toBe(false)
  for (const extra of ['cpu/berth/user-1/c/inner', 'systemd/berth/user-1']) mkdirSync(path.join(root, extra), { recursive: true })
  await removeCgroup(cgroups, '/berth/user-1')
  await removeCgroup(cgroups, '/berth/user-1')
  expect(['memory', 'cpu', 'systemd'].map((tree) => existsSync(path.join(root, tree, 'berth/user-1')))).toEqual([
    false,
    false,
    false,
  ])
  expect(existsSync(path.join(root, 'memory/berth'))).toBe(true)
  await expect(removeCgroup(cgroups, '//')).rejects.toMatchObject({ code: 'InvalidArgument' })
})

test('a folder that cannot go is told, and the others are removed', async () => {
  for (const tree of ['memory', 'cpu']) mkdirSync(path.join(root, tree, 'berth'), { recursive: true })
  writeFileSync(path.join(root, 'memory/berth/file'), '')
  await expect(removeCgroup(detectCgroups(root), '/berth')).rejects.toThrow(AggregateError)
  expect(existsSync(path.join(root, 'cpu/berth'))).toBe(false)
})

const needsCgroups = process.getuid?.() !== 0 || detectCgroups().mode === 'v2'

test.skipIf(needsCgroups)(
  'needs root and version 1 cgroups: a real group takes a process, and its cpuset is filled',
  async () => {
    const cgroups = detectCgroups()
    const group = `/berth-test-${process.pid}`
    try {
      const paths = createCgroup(cgroups, `${group}/user`, { uid: 12345, gid: 12345 })
      expect(isDelegated(cgroups, `${group}/user`)).toBe(true)
      expect(readFileSync(`${paths.folders['cpuset']}/cpuset.cpus`, 'utf8').trim()).not.toBe('')
      expect(() => moveProcess(paths, 4194999)).toThrow(expect.objectContaining({ code: 'CgroupUnavailable' }))
    } finally {
      await removeCgroup(cgroups, group)
    }
    expect(isDelegated(cgroups, `${group}/user`)).toBe(false)
  },
)
