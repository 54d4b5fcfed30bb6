import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { type CgroupPaths, writeLimits } from './index.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-limits-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const has = (name: string) => writeFileSync(path.join(folder, name), '')
const written = (name: string) => readFileSync(path.join(folder, name), 'utf8')

test('with version 1 each limit has its file', () => {
  const paths: CgroupPaths = { mode: 'v1', folders: { blkio: folder, memory: folder } }
  for (const name of [
    'blkio.throttle.read_bps_device',
    'blkio.throttle.write_iops_device',
    'memory.swappiness',
    'memory.oom_control',
  ])
    has(name)
  writeLimits(paths, {
    readBytes: [{ major: 8, minor: 0, rate: 5 }],
    writeOperations: [{ major: 8, minor: 16, rate: 0 }],
    swappiness: 0,
    disableOomKiller: true,
  })
  expect(written('blkio.throttle.read_bps_device')).toBe('8:0 5')
  expect(written('blkio.throttle.write_iops_device')).toBe('8:16 0')
  expect([written('memory.swappiness'), written('memory.oom_control')]).toEqual(['0', '1'])
})

test('with version 2 one file has those of devices, and others are the runtime’s', () => {
  has('io.max')
  const paths: CgroupPaths = { mode: 'v2', folders: { unified: folder } }
  writeLimits(paths, { readBytes: [{ major: 8, minor: 0, rate: 5 }], swappiness: 5 })
  expect(written('io.max')).toBe('8:0 rbps=5')
  writeLimits(paths, { writeOperations: [{ major: 8, minor: 0, rate: 0 }] })
  expect(written('io.max')).toBe('8:0 wiops=max')
})

test('a file that is missing is a limit that cannot be', () => {
  const write = () => writeLimits({ mode: 'v2', folders: { unified: folder } }, { readBytes: [{ major: 8, minor: 0, rate: 5 }] })
  expect(write).toThrow(expect.objectContaining({ code: 'LimitUnavailable', details: { file: 'io.max' } }))
})
