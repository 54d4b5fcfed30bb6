import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import type { Account } from '../../bridge/login/index.ts'
import { detectCgroups } from '../lib/cgroup.ts'
import { prepareSession } from './prepare-session.ts'

// An id that no account has.
const account: Account = { name: 'nobody-here', uid: 987_654, gid: 987_654, home: '/', shell: '/bin/sh' }
const plain = process.getuid?.() === 0 && !existsSync('/run/systemd/system')
const own = detectCgroups().mode === 'v2' ? '/sys/fs/cgroup/berth/user-987654' : '/sys/fs/cgroup/memory/berth/user-987654'
const runtime = '/run/user/987654'
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

test.skipIf(!plain)(
  '[needs root, and no systemd] a login gets a runtime folder and a control group, and leaves neither',
  async () => {
    const lines: string[] = []
    const prepared = prepareSession(account, {}, (line) => lines.push(line))
    cleanups.push(() => prepared.release())
    expect(prepared.environment).toEqual({ XDG_RUNTIME_DIR: runtime })
    expect(statSync(runtime)).toMatchObject({ uid: account.uid, gid: account.gid })
    expect(statSync(runtime).mode & 0o777).toBe(0o700)
    expect(lines).toEqual([])
    expect(statSync(own)).toMatchObject({ uid: account.uid })
    expect(statSync(`${own}/cgroup.procs`)).toMatchObject({ uid: account.uid })
    await prepared.release()
    expect([existsSync(runtime), existsSync(own)]).toEqual([false, false])
  },
)

test.skipIf(!plain)(
  '[needs root, and no systemd] while a process of the user runs, both stay',
  async () => {
    const prepared = prepareSession(account, {}, () => {})
    cleanups.push(() => prepared.release())
    const child = spawn('sleep', ['60'], { uid: account.uid, gid: account.gid, stdio: 'ignore' })
    cleanups.push(async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
    })
    await new Promise((resolve) => child.once('spawn', resolve))
    await prepared.release()
    expect([existsSync(runtime), existsSync(own)]).toEqual([true, true])
  },
  15_000,
)

test.skipIf(!plain)('[needs root, and no systemd] root gets none, having its own', () => {
  const prepared = prepareSession({ ...account, uid: 0, gid: 0, name: 'root' }, {}, () => {})
  expect(prepared.environment).toBeUndefined()
})
