import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { holdProcess } from './pidfd.ts'

test('a held process is itself, and gone once it has ended', async () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' })
  await once(child, 'spawn')
  using held = holdProcess(child.pid!)
  expect(held?.read('status')).toMatch(/^Name:\s+\S+\n/)
  expect(held?.signal(0)).toBe(true)
  const gone = once(child, 'exit')
  expect(held?.signal(9)).toBe(true)
  expect((await gone)[1]).toBe('SIGKILL')
  expect([held?.signal(0), held?.read('status')]).toEqual([false, undefined])
})

test('what is no process is not held', () => {
  expect(holdProcess(4_194_303)).toBeUndefined()
  expect(() => holdProcess(-1)).toThrow('EINVAL')
})
