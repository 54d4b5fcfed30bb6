import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { detectCgroups } from '../lib/cgroup/index.ts'
import { findGroupFolders, groupsIn } from './container-groups.ts'
import { readHistory } from './history.ts'
import { monitorName } from './monitor-name.ts'
import { openCounters } from './open-counters.ts'
import { createRecorder } from './recorder.ts'

const id = 'a'.repeat(64)
const other = 'b'.repeat(64)
const start = 1_800_000_000
const me = process.getuid!()

let root: string
let cgroup: string
beforeEach(() => {
  vi.useFakeTimers({ now: start * 1000, toFake: ['Date', 'performance'] })
  root = mkdtempSync(path.join(tmpdir(), 'recorder-'))
  cgroup = path.join(root, 'cgroup')
  mkdirSync(cgroup)
  writeFileSync(path.join(cgroup, 'cgroup.controllers'), 'cpu memory pids io\n')
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(root, { recursive: true })
})

function use(name: string, cpuMicroseconds: number, memory: number, written = 0): void {
  const folder = path.join(cgroup, 'berth/system', name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'cpu.stat'), `usage_usec ${cpuMicroseconds}\nuser_usec 1\n`)
  writeFileSync(path.join(folder, 'memory.current'), `${memory}\n`)
  writeFileSync(path.join(folder, 'memory.stat'), 'anon 0\ninactive_file 4096\n')
  writeFileSync(path.join(folder, 'io.stat'), `8:0 rbytes=0 wbytes=${written} rios=0\n8:16 rbytes=0 wbytes=0\n`)
  writeFileSync(path.join(folder, 'cgroup.procs'), '')
}

const recorderHere = () =>
  createRecorder({ cgroups: detectCgroups(cgroup), folder: path.join(root, 'rings'), log: (line) => expect.fail(line) })

const cpuOf = (files: string[], now: number) =>
  readHistory(files, { now, seconds: 5, points: 0 }).points.map((point) => point?.cpu ?? null)

test('containers are found where they are made, with their owner, and monitors are none', () => {
  use(`berth-${id}`, 0, 0)
  for (const name of [`berth-conmon-${id}-abc.scope`, `berth-${other}.scope`, 'berth-short', 'agent'])
    mkdirSync(path.join(cgroup, 'user.slice', name), { recursive: true })
  const folders = findGroupFolders(cgroup)
  expect(folders.map(({ group }) => group).toSorted()).toEqual(['/berth/system', '/user.slice'])
  expect(folders.flatMap((folder) => groupsIn(cgroup, folder)).map((group) => [group.id, group.owner])).toEqual([
    [other, me],
    [id, me],
  ])
})

test('each second is recorded, of every container and of all together; a restart starts again from nothing', () => {
  const recorder = recorderHere()
  const tick = (second: number, ...micros: number[]) => {
    vi.setSystemTime((start + second) * 1000)
    micros.forEach((cpu, index) => use(`berth-${index === 0 ? id : other}`, cpu, 8192))
    vi.advanceTimersByTime(0)
    recorder.tick()
  }
  const clock = vi.spyOn(performance, 'now')
  for (const [second, one, two] of [
    [0, 0, 0],
    [1, 100_000, 50_000],
    [2, 300_000, 50_000],
  ] as const) {
    clock.mockReturnValue(second * 1000)
    tick(second, one, two)
  }
  recorder.flush(me)
  const files = recorder.filesOf(me, { id, name: 'web' })
  expect(cpuOf(files, start + 2)).toEqual([null, null, null, 10, 20])
  expect(cpuOf(recorder.totalOf(me), start + 2)).toEqual([null, null, null, 15, 20])
  expect(readHistory(files, { now: start + 2, seconds: 1, points: 0 }).points[0]).toMatchObject({ memory: 4096 })
  expect(recorder.count(me)).toBe(2)
  rmSync(path.join(cgroup, 'berth/system', `berth-${id}`), { recursive: true })
  for (const second of [3, 4]) {
    clock.mockReturnValue(second * 1000)
    vi.setSystemTime((start + second) * 1000)
    recorder.tick()
  }
  expect(recorder.count(me)).toBe(1)
  for (const second of [5, 6]) {
    clock.mockReturnValue(second * 1000)
    tick(second, 900_000)
  }
  recorder.flush(me)
  expect(cpuOf(recorder.filesOf(me, { id, name: 'web' }), start + 6).slice(-2)).toEqual([null, 0])
  recorder.close()
})

test('what others own is left out by a recorder of one user', () => {
  use(`berth-${id}`, 0, 0)
  const recorder = createRecorder({
    cgroups: detectCgroups(cgroup),
    folder: path.join(root, 'rings'),
    only: me + 1,
    log: (line) => expect.fail(line),
  })
  recorder.tick()
  expect(recorder.count()).toBe(0)
  recorder.close()
})

test("a container's name is its monitor's option, and no other program's", () => {
  const line = (...words: string[]) => words.map((word) => `${word}\0`).join('')
  expect(monitorName(Buffer.from(line('/usr/bin/conmon', '-c', id, '-n', 'wëb')).toString('latin1'), id)).toBe('wëb')
  expect(monitorName(line('/usr/bin/conmon', '-c', other, '-n', 'web'), id)).toBeUndefined()
  expect(monitorName(line('/bin/sh', '-c', id, '-n', 'web'), id)).toBeUndefined()
  expect(monitorName(undefined, id)).toBeUndefined()
})

test('counters of version 1 and 2, and of a group that is gone', () => {
  use(`berth-${id}`, 7, 8192, 11)
  const folder = path.join(cgroup, 'berth/system', `berth-${id}`)
  const counters = openCounters({ mode: 'v2', folders: { unified: folder } })
  expect([counters.cpuNanos(), counters.memory(), counters.reclaimable(), counters.io()]).toEqual([
    7000,
    8192,
    4096,
    { read: 0, write: 11 },
  ])
  counters.close()
  expect(counters.cpuNanos()).toBeUndefined()
  writeFileSync(path.join(folder, 'cpuacct.usage'), '12\n')
  writeFileSync(path.join(folder, 'blkio.throttle.io_service_bytes_recursive'), '8:0 Read 5\n8:0 Write 6\nTotal 11\n')
  const first = openCounters({ mode: 'v1', folders: { cpuacct: folder, blkio: folder } })
  expect([first.cpuNanos(), first.memory(), first.io()]).toEqual([12, undefined, { read: 5, write: 6 }])
  first.close()
})
