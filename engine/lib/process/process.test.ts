import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { bootId, isAlive, isEnding, processName, processStartTime } from './process.ts'

test('this process lives, and is not another one of the same number', () => {
  const start = processStartTime(process.pid)
  expect(start).toMatch(/^\d+$/)
  expect(isAlive(process.pid, start)).toBe(true)
  expect(isAlive(process.pid, '1')).toBe(false)
})

test.each([0, -1, 1.5, 4194999])('%d is no process', (pid) => {
  expect(processStartTime(pid)).toBeNull()
  expect(isAlive(pid)).toBe(false)
})

test('a process that has ended is not alive', async () => {
  const child = spawn('sleep', ['10'])
  await once(child, 'spawn')
  const pid = child.pid as number
  expect(isAlive(pid)).toBe(true)
  child.kill('SIGKILL')
  await once(child, 'close')
  expect(isAlive(pid)).toBe(false)
})

test('a command name with spaces and parentheses does not shift the fields', async () => {
  const child = spawn('sh', ['-c', 'printf "a) b (c" > /proc/$$/comm; echo; read _'])
  await once(child.stdout, 'data')
  const pid = child.pid as number
  expect(processName(pid)).toBe('a) b (c')
  expect(processStartTime(pid)).toMatch(/^\d{3,}$/)
  child.stdin.end('\n')
  await once(child, 'close')
})

test('the boot id is a uuid', () => {
  expect(bootId()).toMatch(/^[\da-f-]{36}$/)
})

test('a process that was sent SIGKILL is ending at once, before it is gone', async () => {
  // Between taking the signal and beginning to exit the kernel shows neither, for an instant: most are seen, not each.
  const seen: boolean[] = []
  for (let round = 0; round < 10; round += 1) {
    const child = spawn('sleep', ['1000'], { stdio: 'ignore' })
    const pid = child.pid!
    const start = processStartTime(pid)
    expect(isEnding(pid, start)).toBe(false)
    expect(isEnding(pid, '1')).toBe(true)
    const gone = once(child, 'exit')
    process.kill(pid, 'SIGKILL')
    seen.push(isEnding(pid, start))
    await gone
    expect(isEnding(pid, start)).toBe(true)
  }
  expect(seen.filter(Boolean).length).toBeGreaterThan(5)
})
