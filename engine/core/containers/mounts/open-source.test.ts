import { closeSync, mkdirSync, mkdtempSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, test } from 'vitest'

import type { ContainerMount } from '../../../store/index.ts'
import { openSource } from './open-source.ts'

let folder: string
let data: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-source-'))
  data = path.join(folder, 'volume/_data')
  mkdirSync(path.join(data, 'a/b'), { recursive: true })
  mkdirSync(path.join(folder, 'secret/b'), { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true }))

const volume = (subpath?: string): ContainerMount => ({
  kind: 'volume',
  source: data,
  destination: '/m',
  type: 'bind',
  options: [],
  volume: 'v',
  ...(subpath === undefined ? {} : { subpath }),
})

function opened(mount: ContainerMount): string {
  const fd = openSource(mount)
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } finally {
    closeSync(fd)
  }
}

test('a subpath is found inside its volume only', () => {
  symlinkSync('a', path.join(data, 'inside'))
  symlinkSync('/', path.join(data, 'root'))
  symlinkSync('../../secret', path.join(data, 'a/out'))
  expect(opened(volume())).toBe(data)
  expect(opened(volume('/a/b'))).toBe(path.join(data, 'a/b'))
  expect(opened(volume('inside/b'))).toBe(path.join(data, 'a/b'))
  expect(opened(volume('a/../a'))).toBe(path.join(data, 'a'))
  for (const subpath of ['root', 'a/out', 'a/out/b', '..', '../../secret', '/../..'])
    expect(() => openSource(volume(subpath)), subpath).toThrow(
      expect.objectContaining({ code: 'InvalidArgument', message: expect.stringContaining('is outside of the volume') }),
    )
  expect(() => openSource(volume('none'))).toThrow(expect.objectContaining({ code: 'MountSourceNotFound' }))
})

test('what was opened stays, whatever takes its name', () => {
  const fd = openSource(volume('a'))
  renameSync(path.join(data, 'a'), path.join(data, 'gone'))
  symlinkSync('/', path.join(data, 'a'))
  expect(readlinkSync(`/proc/self/fd/${fd}`)).toBe(path.join(data, 'gone'))
  closeSync(fd)
})

test('a folder that is swapped for a link without end never leads outside', async () => {
  symlinkSync('../../secret', path.join(data, 'link'))
  const swapping = new Worker(
    `const { renameSync } = require('node:fs'); const { parentPort, workerData: d } = require('node:worker_threads')
     let on = true; parentPort.on('message', () => { on = false })
     parentPort.postMessage('begun')
     const turn = () => { for (let i = 0; i < 200; i++) { renameSync(d + '/a', d + '/x'); renameSync(d + '/link', d + '/a'); renameSync(d + '/a', d + '/link'); renameSync(d + '/x', d + '/a') }
       if (on) setImmediate(turn); else parentPort.close() }; turn()`,
    { eval: true, workerData: data },
  )
  await new Promise((resolve) => swapping.once('message', resolve))
  const seen = new Map<string, number>()
  for (let round = 0; round < 20_000; round += 1) {
    let result: string
    try {
      result = opened(volume('a/b'))
    } catch (error) {
      result = (error as { code: string }).code
    }
    seen.set(result, (seen.get(result) ?? 0) + 1)
  }
  const ended = new Promise((resolve) => swapping.once('exit', resolve))
  swapping.postMessage('end')
  await ended
  // All that can happen: it is there (under the name of the moment), it is not, or a link leads out.
  const allowed = [path.join(data, 'a/b'), path.join(data, 'x/b'), 'MountSourceNotFound', 'InvalidArgument', 'EAGAIN']
  expect([...seen.keys()].filter((result) => !allowed.includes(result))).toEqual([])
  expect(seen.get(path.join(data, 'a/b')) ?? 0).toBeGreaterThan(0)
  expect(seen.get('InvalidArgument') ?? 0).toBeGreaterThan(0)
})

test('a host folder whose owner is to change must not have been redirected', () => {
  const link = path.join(folder, 'link')
  symlinkSync('volume', link)
  const mount = (actual: string): ContainerMount => ({
    kind: 'bind',
    source: link,
    destination: '/m',
    type: 'bind',
    options: [],
    chown: true,
    actual,
  })
  expect(opened(mount(path.join(folder, 'volume')))).toBe(path.join(folder, 'volume'))
  rmSync(link)
  symlinkSync('secret', link)
  expect(() => openSource(mount(path.join(folder, 'volume')))).toThrow(expect.objectContaining({ code: 'AccessDenied' }))
  rmSync(link)
  symlinkSync('/etc', link)
  expect(() => openSource(mount(path.join(folder, 'volume')))).toThrow(/leads to \/etc now/)
})
