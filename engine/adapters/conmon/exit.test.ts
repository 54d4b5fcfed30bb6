import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { processStartTime } from '../../lib/process/process.ts'
import { ranOutOfMemory, readExit, waitForExit } from './exit.ts'

let exitDir: string
beforeEach(() => {
  exitDir = mkdtempSync(path.join(tmpdir(), 'berth-exit-'))
})
afterEach(() => rmSync(exitDir, { recursive: true }))

function note(id: string, code: string): void {
  writeFileSync(path.join(exitDir, `.${id}.tmp`), code)
  renameSync(path.join(exitDir, `.${id}.tmp`), path.join(exitDir, id))
}

test('an exit is read with its time; none is null; nonsense is told', () => {
  note('a', '137\n')
  expect(readExit(exitDir, 'a')).toMatchObject({ code: 137 })
  expect(Math.abs((readExit(exitDir, 'a')?.at ?? 0) - Date.now())).toBeLessThan(10_000)
  expect(readExit(exitDir, 'b')).toBeNull()
  note('c', 'x')
  expect(() => readExit(exitDir, 'c')).toThrow(expect.objectContaining({ code: 'MonitorFailed' }))
})

test('waiting ends when the file comes, before or after, and not for another one', async () => {
  note('early', '3')
  expect(await waitForExit({ exitDir, id: 'early' })).toMatchObject({ code: 3 })
  const waits = Promise.all([waitForExit({ exitDir, id: 'late' }), waitForExit({ exitDir, id: 'late' })])
  note('other', '1')
  setTimeout(() => note('late', '9'), 20)
  expect(await waits).toMatchObject([{ code: 9 }, { code: 9 }])
})

test('a monitor that is another process by now is dead', async () => {
  const alive = { pid: process.pid, startTime: processStartTime(process.pid) }
  await expect(waitForExit({ exitDir, id: 'x', monitor: { ...alive, startTime: '1' } })).rejects.toMatchObject({
    code: 'MonitorFailed',
  })
  const wait = waitForExit({ exitDir, id: 'y', monitor: alive })
  note('y', '0')
  expect(await wait).toMatchObject({ code: 0 })
})

test('an abort ends the wait', async () => {
  const abort = new AbortController()
  const wait = waitForExit({ exitDir, id: 'x', signal: abort.signal })
  abort.abort()
  await expect(wait).rejects.toMatchObject({ code: 'Cancelled' })
  await expect(waitForExit({ exitDir, id: 'x', signal: abort.signal })).rejects.toMatchObject({ code: 'Cancelled' })
})

test("conmon's oom file", () => {
  expect(ranOutOfMemory(exitDir)).toBe(false)
  writeFileSync(path.join(exitDir, 'oom'), '')
  expect(ranOutOfMemory('/nowhere', exitDir)).toBe(true)
})
