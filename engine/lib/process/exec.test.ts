import { expect, test } from 'vitest'
import { run, runChecked, which } from './exec.ts'

test('status, stdout and stderr come back, input goes in', async () => {
  const result = await run('sh', ['-c', 'cat; echo oops >&2; exit 3'], { stdin: 'hello' })
  expect(result).toEqual({ stdout: 'hello', stderr: 'oops\n', code: 3 })
})

test('a program that ends without reading its input gives its status', async () => {
  expect((await run('true', [], { stdin: 'x'.repeat(1 << 20) })).code).toBe(0)
})

test('arguments never reach a shell', async () => {
  expect((await run('echo', ['$(id)', ';', '*'])).stdout).toBe('$(id) ; *\n')
})

test('the environment of the caller is not handed on', async () => {
  process.env['BERTH_TEST_SECRET'] = 'hidden'
  expect((await run('env', [])).stdout).not.toContain('BERTH_TEST_SECRET')
  delete process.env['BERTH_TEST_SECRET']
})

test('a missing program is named together with its package', async () => {
  await expect(run('pasta-of-nowhere', [])).rejects.toMatchObject({
    code: 'ProgramMissing',
    details: { program: 'pasta-of-nowhere' },
  })
})

test('a time-out kills the program', async () => {
  const before = Date.now()
  await expect(run('sleep', ['10'], { timeout: 50 })).rejects.toMatchObject({ code: 'ProgramFailed' })
  expect(Date.now() - before).toBeLessThan(5000)
})

test('an abort kills the program', async () => {
  const abort = new AbortController()
  setTimeout(() => abort.abort(), 20)
  await expect(run('sleep', ['10'], { signal: abort.signal })).rejects.toMatchObject({ code: 'Cancelled' })
})

test('endless output is cut off', async () => {
  await expect(run('yes', [], { maxOutput: 1000 })).rejects.toThrow('more than 1000 bytes')
})

test('a status other than 0 can be an error with the words of the program', async () => {
  await expect(runChecked('sh', ['-c', 'echo bad thing >&2; exit 1'])).rejects.toThrow('sh failed: bad thing')
})

test('death by a signal is 128 + its number', async () => {
  expect((await run('sh', ['-c', 'kill -9 $$'])).code).toBe(137)
})

test('folders and plain files are not programs', () => {
  expect(which('/etc')).toBeNull()
  expect(which('/etc/passwd')).toBeNull()
  expect(which('sh')).toMatch(/\/sh$/)
})
