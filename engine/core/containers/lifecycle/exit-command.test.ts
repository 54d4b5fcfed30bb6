import { spawnSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import type { ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { exitCommand } from './exit-command.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-exit-'))
  mkdirSync(path.join(folder, 'locks'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const context = (): Context =>
  ({
    self: ['/bin/echo', 'berth'],
    root: '/store',
    runRoot: folder,
    options: {},
    lockFile: (kind: string, id: string) => path.join(folder, 'locks', `${kind}-${id}`),
  }) as unknown as Context

const record = (config: object = {}, pod: string | null = null): ContainerRecord =>
  ({ id: 'abc', pod, config: { autoRemove: true, removeImage: false, restart: { name: 'no' }, ...config } }) as ContainerRecord

const lock = () => path.join(folder, 'locks', 'container-abc')
const line = () => `berth --root /store --runroot ${folder} container cleanup --stopped-only --rm abc\n`

test('without anyone attached it cleans up at once', () => {
  const [program, ...args] = exitCommand(context(), record()) as [string, ...string[]]
  expect(spawnSync(program, args, { encoding: 'utf8' }).stdout).toBe(line())
})

test('with someone attached it does nothing once they have removed the container', async () => {
  writeFileSync(lock(), '')
  const [program, ...args] = exitCommand(context(), record(), true) as [string, ...string[]]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  setTimeout(() => rmSync(lock()), 80)
  expect(await once(child, 'close')).toEqual([0, null])
  expect(output).toBe('')
})

test('when the attached process has gone it cleans up at once, and in the end also while that lives', () => {
  writeFileSync(lock(), '')
  const [program, ...args] = exitCommand(context(), record(), true) as [string, ...string[]]
  const ended = spawnSync('true').pid
  const began = performance.now()
  const gone = spawnSync(program, args.with(args.indexOf(String(process.pid)), String(ended)), { encoding: 'utf8' })
  const atOnce = performance.now() - began
  expect(gone.stdout).toBe(line())
  expect(spawnSync(program, args, { encoding: 'utf8' }).stdout).toBe(line())
  expect(performance.now() - began - atOnce).toBeGreaterThan(atOnce)
})

test('a removal that takes a second is waited for', async () => {
  writeFileSync(lock(), '')
  const [program, ...args] = exitCommand(context(), record(), true) as [string, ...string[]]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  setTimeout(() => rmSync(lock()), 1000)
  await once(child, 'close')
  expect(output).toBe('')
})

test('it waits for nobody where more follows from the end than cleaning up', () => {
  const waits = (made: ContainerRecord) => exitCommand(context(), made, true)[0] === '/bin/sh'
  expect(waits(record())).toBe(true)
  expect(waits(record({ autoRemove: false, restart: { name: 'always' } }))).toBe(false)
  expect(waits(record({ removeImage: true }))).toBe(false)
  expect(waits(record({}, 'pod'))).toBe(false)
})
