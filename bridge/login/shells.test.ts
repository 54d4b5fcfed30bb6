import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { hasLoginShell, loginShells } from './shells.ts'

const folder = mkdtempSync(join(tmpdir(), 'bridge-shells-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const account = { name: 'someone', uid: 4242, gid: 4242, home: '/' }

test('the list is read as getusershell does', () => {
  const file = join(folder, 'shells')
  writeFileSync(
    file,
    '# a comment\n/bin/sh\n  /bin/bash # the usual one\n\n/\nwords\n/bin/zsh#5\n#/bin/off\n/usr/bin/fish x\n/bin/last',
  )
  expect(loginShells(file)).toEqual(['/bin/sh', '/bin/bash', '/bin/zsh', '/usr/bin/fish', '/bin/last'])
})

test('without a list there are the two that the C library knows', () => {
  expect(loginShells(join(folder, 'absent'))).toEqual(['/bin/sh', '/bin/csh'])
})

test.each([
  ['/bin/sh', true],
  ['/usr/bin/git-shell', false],
  ['/bin/sync', false],
  // In the list on some systems, and still nothing that lets people in.
  ['/usr/sbin/nologin', false],
  ['/bin/false', false],
  // In the list, but not on the disk; a folder.
  ['/bin/missing-shell', false],
  ['/usr/lib', false],
  ['sh', false],
  ['', false],
])('%s lets people in: %s', (shell, expected) => {
  const file = join(folder, 'more')
  writeFileSync(file, '/bin/sh\n/usr/sbin/nologin\n/bin/false\n/bin/missing-shell\n/usr/lib\n')
  expect(hasLoginShell({ ...account, shell }, file)).toBe(expected)
})
