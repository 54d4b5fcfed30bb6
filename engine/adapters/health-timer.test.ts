import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { isAlive } from '../lib/process/process.ts'
import { startHealthTimer, stopHealthTimer } from './health-timer.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-timer-'))
})
afterEach(async () => {
  await stopHealthTimer(folder)
  // A check may be writing at this moment.
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
})

const file = (name: string) => path.join(folder, name)
const start = (interval: number, script: string) =>
  startHealthTimer({ folder, id: 'a', interval, lastExitCode: 3, command: ['/bin/sh', '-c', script, folder] })
const count = () => (existsSync(file('checks')) ? readFileSync(file('checks'), 'utf8').length : 0)
const pid = () => (JSON.parse(readFileSync(file('timer.json'), 'utf8')) as { pid: number }).pid
const check = 'printf . >>"$0/checks"'

test('it checks at once and then at its interval, until it is stopped', async () => {
  await start(0.02, check)
  await expect.poll(count).toBeGreaterThan(3)
  const process = pid()
  await stopHealthTimer(folder)
  await expect.poll(() => isAlive(process)).toBe(false)
  expect(existsSync(file('timer.json'))).toBe(false)
  await stopHealthTimer(folder)
})

test('a stop does not wait for the interval, and leaves no process that sleeps', async () => {
  await start(3600, check)
  await expect.poll(count).toBe(1)
  const process = pid()
  const sleeper = () => readFileSync(`/proc/${process}/task/${process}/children`, 'utf8').trim()
  await expect.poll(sleeper).toMatch(/^\d+$/)
  const sleeping = Number(sleeper())
  await stopHealthTimer(folder)
  await expect.poll(() => [process, sleeping].some((each) => isAlive(each))).toBe(false)
})

test('it ends once a check says that there is nothing more to check, and when its folder is gone', async () => {
  await start(0.02, `${check}; [ "$(cat "$0/checks")" != ... ] || exit 3; exit 125`)
  const first = pid()
  await expect.poll(() => isAlive(first)).toBe(false)
  expect(count()).toBe(3)
  await start(0.02, check)
  const second = pid()
  rmSync(file('token'))
  await expect.poll(() => isAlive(second)).toBe(false)
})

test('a new one replaces the former, also one that did not get its signal', async () => {
  await start(0.02, check)
  const first = pid()
  writeFileSync(file('timer.json'), '{}')
  await start(0.02, check)
  await expect.poll(() => isAlive(first)).toBe(false)
  expect(isAlive(pid())).toBe(true)
})

test('a check that runs is not disturbed by a stop', async () => {
  await start(3600, 'printf . >"$0/begun"; sleep 0.3; printf done >"$0/end"')
  const process = pid()
  await expect.poll(() => existsSync(file('begun'))).toBe(true)
  await stopHealthTimer(folder)
  await expect.poll(() => existsSync(file('end'))).toBe(true)
  await expect.poll(() => isAlive(process)).toBe(false)
})
