import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withLock } from './lock.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'berth-lock-'))
})
afterEach(() => rm(folder, { recursive: true }))

const increment = `
import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { withLock } from ${JSON.stringify(path.join(import.meta.dirname, 'lock.ts'))}
const [, , lock, counter] = process.argv
await Promise.all(Array.from({ length: 10 }, () => withLock(lock, async () => {
  const seen = Number(await readFile(counter, 'utf8'))
  await sleep(1)
  await writeFile(counter, String(seen + 1))
})))
`

function runNode(...args: string[]): Promise<number | null> {
  const child = spawn(process.execPath, args, { stdio: 'inherit' })
  return new Promise((resolve) => child.on('close', resolve))
}

test('two processes with ten tasks each never run at the same time', async () => {
  const [script, lock, counter] = ['run.mjs', 'lock', 'counter'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ]
  await writeFile(script, increment)
  await writeFile(counter, '0')
  expect(await Promise.all([runNode(script, lock, counter), runNode(script, lock, counter)])).toEqual([0, 0])
  expect(await readFile(counter, 'utf8')).toBe('20')
})

test('holders of one process go in the order they asked', async () => {
  const order: number[] = []
  const lock = path.join(folder, 'deep', 'lock')
  await Promise.all([1, 2, 3, 4].map((n) => withLock(lock, async () => void order.push(n))))
  expect(order).toEqual([1, 2, 3, 4])
})

test('a failure of the work is passed on and releases the lock', async () => {
  const lock = path.join(folder, 'lock')
  await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await withLock(lock, () => 7)).toBe(7)
})

test('waiting ends with Cancelled when aborted, and those behind still get their turn', async () => {
  const lock = path.join(folder, 'lock')
  const gate = Promise.withResolvers<void>()
  const first = withLock(lock, () => gate.promise)
  const abort = new AbortController()
  const second = withLock(lock, () => 'second', { signal: abort.signal })
  const third = withLock(lock, () => 'third')
  abort.abort()
  await expect(second).rejects.toMatchObject({ code: 'Cancelled' })
  gate.resolve()
  await first
  expect(await third).toBe('third')
})

test('shared holders run together and keep an exclusive one out', async () => {
  const lock = path.join(folder, 'lock')
  const gate = Promise.withResolvers<void>()
  let inside = 0
  const enter = () => {
    inside += 1
    if (inside === 2) gate.resolve()
    return gate.promise
  }
  await Promise.all([withLock(lock, enter, { shared: true }), withLock(lock, enter, { shared: true })])
  expect(inside).toBe(2)
})

test('a lock file removed by its holder does not let two in', async () => {
  const lock = path.join(folder, 'lock')
  let running = 0
  const work = async () => {
    running += 1
    expect(running).toBe(1)
    await rm(lock)
    await new Promise((resolve) => setTimeout(resolve, 5))
    running -= 1
  }
  await Promise.all(Array.from({ length: 5 }, () => withLock(lock, work)))
})

test('a transient lock keeps others out, in this process and beyond, and leaves no file', async () => {
  // Names that differ are queues that differ: only flock(2) decides between them.
  const names = [path.join(folder, 'lock'), `${folder}/./lock`, `${folder}/../${path.basename(folder)}/lock`]
  let holders = 0
  let most = 0
  await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      withLock(
        names[index % names.length]!,
        async () => {
          most = Math.max(most, (holders += 1))
          await new Promise((resolve) => setImmediate(resolve))
          holders -= 1
        },
        { transient: true },
      ),
    ),
  )
  expect(most).toBe(1)
  expect(await readdir(folder)).toEqual([])
})
