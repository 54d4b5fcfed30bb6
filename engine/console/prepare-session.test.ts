import { spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, lchownSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { Account } from '../../bridge/login/index.ts'
import { detectCgroups } from '../lib/cgroup/index.ts'
import { isAlive, processStartTime } from '../lib/process/process.ts'
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

/** A process of a user's that only waits, and the record that would name it. */
async function startSleep(uid: number): Promise<{ pid: number; record: string }> {
  const child = spawn('sleep', ['60'], { uid, gid: uid, stdio: 'ignore' })
  cleanups.push(async () => {
    const gone = new Promise((resolve) => child.exitCode ?? child.signalCode ?? child.once('exit', resolve))
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await gone
  })
  await new Promise((resolve) => child.once('spawn', resolve))
  return { pid: child.pid!, record: `${child.pid} ${processStartTime(child.pid!)}\n` }
}

/** A folder or file of a user's. */
function give(uid: number, path: string, content?: string): string {
  if (content === undefined) mkdirSync(path, { mode: 0o700 })
  else writeFileSync(path, content)
  chownSync(path, uid, uid)
  return path
}

const other = 987_655

/** The runtime folder of another user, with the record of a process that holds their namespaces. */
async function otherUser(): Promise<{ folder: string; pid: number; record: string }> {
  const folder = give(other, `/run/user/${other}`)
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
  const { pid, record } = await startSleep(other)
  give(other, join(folder, 'berth'))
  give(other, join(folder, 'berth/pause'), record)
  return { folder, pid, record }
}

test.skipIf(!plain).each(['a link to the other folder', 'a link to the other record', 'the words of the other record'])(
  '[needs root, and no systemd] %s ends nobody else’s process',
  async (how) => {
    const victim = await otherUser()
    const prepared = prepareSession(account, {}, () => {})
    cleanups.push(() => prepared.release())
    const berth = join(runtime, 'berth')
    if (how.includes('folder')) symlinkSync(join(victim.folder, 'berth'), berth)
    else give(account.uid, berth)
    if (how.includes('link to the other record')) symlinkSync(join(victim.folder, 'berth/pause'), join(berth, 'pause'))
    if (how.includes('words')) give(account.uid, join(berth, 'pause'), victim.record)
    await prepared.release()
    expect(isAlive(victim.pid)).toBe(true)
    expect(readFileSync(join(victim.folder, 'berth/pause'), 'latin1')).toBe(victim.record)
    expect(existsSync(runtime)).toBe(false)
  },
  15_000,
)

test.skipIf(!plain)('[needs root, and no systemd] the process that holds the user’s own namespaces is ended', async () => {
  const prepared = prepareSession(account, {}, () => {})
  cleanups.push(() => prepared.release())
  const { pid, record } = await startSleep(account.uid)
  give(account.uid, join(runtime, 'berth'))
  give(account.uid, join(runtime, 'berth/pause'), record)
  await prepared.release()
  expect([isAlive(pid), existsSync(runtime)]).toEqual([false, false])
})

test.skipIf(!plain)('[needs root, and no systemd] nobody waits for a fifo in the place of a record', async () => {
  const prepared = prepareSession(account, {}, () => {})
  give(account.uid, join(runtime, 'berth'))
  spawnSync('mkfifo', [join(runtime, 'berth/pause')])
  chownSync(join(runtime, 'berth/pause'), account.uid, account.gid)
  await prepared.release()
  expect(existsSync(runtime)).toBe(false)
})

test.skipIf(!plain)('[needs root, and no systemd] removing what a user left goes over no link and into no mount', async () => {
  const victim = await otherUser()
  const lines: string[] = []
  const prepared = prepareSession(account, {}, (line) => lines.push(line))
  symlinkSync(victim.folder, join(runtime, 'link'))
  lchownSync(join(runtime, 'link'), account.uid, account.gid)
  const deep = give(account.uid, join(runtime, 'deep'))
  give(account.uid, join(deep, 'file'), 'x')
  const mounted = give(account.uid, join(deep, 'mounted'))
  spawnSync('mount', ['--bind', victim.folder, mounted])
  cleanups.push(() => {
    spawnSync('umount', [mounted])
    return prepared.release()
  })
  await prepared.release()
  expect(readFileSync(join(victim.folder, 'berth/pause'), 'latin1')).toBe(victim.record)
  expect([existsSync(join(runtime, 'link')), existsSync(join(deep, 'file'))]).toEqual([false, false])
  expect(lines.join()).toContain('something in it is mounted')
  spawnSync('umount', [mounted])
  // What was in the way is gone: the next log-out takes the folder away.
  await prepared.release()
  expect(existsSync(runtime)).toBe(false)
})

test.skipIf(!plain)('[needs root, and no systemd] a runtime folder that is another’s, or a link to one, is none', async () => {
  const victim = await otherUser()
  symlinkSync(victim.folder, runtime)
  cleanups.push(() => rmSync(runtime, { force: true }))
  expect(() => prepareSession({ ...account }, {}, () => {})).toThrow(/no folder of theirs/)
})
