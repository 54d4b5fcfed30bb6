import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'

import { appendAccounts, copyAccounts, hostAccounts, readAccounts, userAccounts, withLines } from './accounts.ts'

const files = { passwd: 'root:x:0:0:root:/root:/bin/sh\nwww:x:33:33:www:/var/www:/bin/sh\n', group: 'root:x:0:\nwww:x:33:\n' }
const add = (user: string, ids: [uid: number, gid: number], spec = {}, caller?: Parameters<typeof userAccounts>[3]) =>
  userAccounts(files, { user, workdir: '/', spec }, { uid: ids[0], gid: ids[1] }, caller)

// Each answer is the end of podman's files for the same flags.
test.each([
  ['', [0, 0], [], []],
  ['www', [33, 33], [], []],
  ['4242', [4242, 0], ['4242:*:4242:0:container user:/:/bin/sh'], ['4242:x:4242:4242']],
  ['4242:4343', [4242, 4343], ['4242:*:4242:4343:container user:/:/bin/sh'], ['4343:x:4343:4242']],
  ['200:210', [200, 210], ['200:*:200:210:container user:/:/bin/sh'], ['210:x:210:200']],
] as [string, [number, number], string[], string[]][])('-u %j', (user, ids, passwd, group) => {
  expect(add(user, ids)).toEqual({ passwd, group })
})

test('entries of the caller have their variables filled, and stay one line', () => {
  const spec = { passwd_entry: '$USERNAME:${UID}:$GID:$NAME:$HOME:$OTHER\nx:0', group_entry: '$GROUPNAME:$GID:$USERLIST' }
  expect(add('4242:4343', [4242, 4343], spec)).toEqual({
    passwd: ['4242:4242:4343:container user:/:$OTHER x:0'],
    group: ['4343:4343:4242'],
  })
})

test("the engine's user keeps their name", () => {
  const alice = { name: 'alice', uid: '1000', gid: '1000', gecos: 'Alice', home: '/home/alice', shell: '/bin/bash' }
  expect(add('1000:1000', [1000, 1000], {}, alice)).toEqual({
    passwd: ['alice:*:1000:1000:Alice:/:/bin/bash'],
    group: ['alice:x:1000:alice'],
  })
})

test('accounts of the host', () => {
  const host = 'alice:x:1000:1000:Alice:/home/alice:/bin/sh\nwww:x:99:99::/:/bin/sh\n'
  expect(hostAccounts(files, ['alice', '1000', 'www'], '/w', host).passwd).toEqual(
    Array(2).fill('alice:*:1000:1000:Alice:/w:/bin/sh'),
  )
  expect(() => hostAccounts(files, ['nobody-here'], '/', host)).toThrow('unknown user nobody-here')
})

test('lines come after a line feed, and no link leads out of the file system', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'berth-accounts-'))
  try {
    expect(withLines('a', ['b'])).toBe('a\nb\n')
    mkdirSync(path.join(folder, 'root/etc'), { recursive: true })
    writeFileSync(path.join(folder, 'root/etc/passwd'), 'root:x:0:0::/:')
    writeFileSync(path.join(folder, 'outside'), 'kept')
    symlinkSync('../../outside', path.join(folder, 'root/etc/group'))
    const root = path.join(folder, 'root')
    const before = readAccounts(root)
    appendAccounts(root, before, { passwd: ['x:*:5:5:::'], group: ['x:x:5:'] })
    expect(readAccounts(root).passwd).toBe('root:x:0:0::/:\nx:*:5:5:::\n')
    expect(readFileSync(path.join(folder, 'outside'), 'utf8')).toBe('kept')
    const own = { uid: process.getuid!(), gid: process.getgid!() }
    expect(copyAccounts(folder, before, { passwd: ['y'], group: [] }, own)).toEqual({ passwd: `${folder}/passwd` })
  } finally {
    rmSync(folder, { recursive: true })
  }
})
