import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'berth-print-'))
afterAll(() => rmSync(folder, { recursive: true }))

const program = (body: string) => [
  '--input-type=module',
  '-e',
  `import { print, printError, stdout, whenOutputFails, whenWritten } from '${join(import.meta.dirname, 'print.ts')}'
  whenOutputFails((error) => process.exit(error.code === 'EPIPE' ? 0 : 9))
  ${body}`,
]
const large = `'x'.repeat(1_000_000)`

test('what is printed comes in order and whole, with streams and without, also where the reader is slow', async () => {
  const body = `print('a'); printError('e'); print(${large}); stdout().write('b'); print('c'); whenWritten(() => process.exit(3))`
  const child = spawn(process.execPath, program(body), { stdio: ['ignore', 'pipe', 'pipe'] })
  let [text, errors] = ['', '']
  child.stdout.setEncoding('utf8')
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()))
  await new Promise((resolve) => child.stdout.once('readable', resolve))
  child.stdout.on('data', (data: string) => (text += data))
  expect(await once(child, 'close')).toEqual([3, null])
  expect([text.length, text[0], text.slice(-2), errors]).toEqual([1_000_003, 'a', 'bc', 'e'])
})

test('printing makes no stream of an output: that costs more than many a command', () => {
  const file = join(folder, 'file')
  const to = openSync(file, 'w')
  const body = `let made = false
    Object.defineProperty(process, 'stdout', { get: () => ((made = true), { on() {}, write() {} }) })
    print('a'); whenWritten(() => print(String(made)))`
  spawnSync(process.execPath, program(body), { stdio: ['ignore', to, 'inherit'] })
  closeSync(to)
  expect(readFileSync(file, 'utf8')).toBe('afalse')
})

test('a reader that has gone, and a full disk, are told apart', async () => {
  const child = spawn(process.execPath, program(`setInterval(() => print(${large}), 1)`), {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.destroy()
  expect(await once(child, 'exit')).toEqual([0, null])
  const full = openSync('/dev/full', 'w')
  expect(spawnSync(process.execPath, program(`print('a')`), { stdio: ['ignore', full, 'inherit'] }).status).toBe(9)
  closeSync(full)
})
