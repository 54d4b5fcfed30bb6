import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

import { which } from '../lib/process/exec.ts'
import { openSyslog } from './syslog.ts'

test('where no system log is there, nothing is opened', () => {
  expect(openSyslog('/nonexistent/log')).toBeUndefined()
})

test.skipIf(!which('socat') || !which('logger'))('lines arrive with their priority (needs socat and logger)', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'syslog-'))
  const [socket, file] = [path.join(folder, 'log'), path.join(folder, 'lines')]
  const server = spawn('socat', ['-u', `UNIX-RECV:${socket}`, `CREATE:${file}`], { stdio: 'ignore' })
  onTestFinished(() => {
    server.kill()
    rmSync(folder, { recursive: true })
  })
  await expect.poll(() => existsSync(socket), { timeout: 10_000 }).toBe(true)
  const write = openSyslog(socket)
  write?.('warn', 'msg="a $(word)"\n')
  write?.('error', 'msg=b\n')
  const lines = () => (existsSync(file) ? readFileSync(file, 'utf8') : '')
  await expect.poll(lines, { timeout: 10_000 }).toMatch(/<12>[^]*berth\[\d+\]: msg="a \$\(word\)"[^]*<11>[^]*msg=b/)
})
