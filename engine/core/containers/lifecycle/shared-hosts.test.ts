import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { sharedNames, writtenHosts } from './shared-hosts.ts'

test('what those who share a hosts file have added stays as it is written again', () => {
  const before = '127.0.0.1\tlocalhost\n10.0.0.2\told\n127.0.0.1\tweb\n127.0.0.1\tabc db\n'
  expect(sharedNames(before, '127.0.0.1\tlocalhost\n10.0.0.3\tnew\n')).toBe('127.0.0.1\tweb\n127.0.0.1\tabc db\n')
  expect(sharedNames('', '127.0.0.1\tlocalhost\n')).toBe('')
})

test('a hosts file that a container has filled with whatever there is room for is not read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hosts-'))
  try {
    const file = join(folder, 'hosts')
    expect(writtenHosts(file)).toBeUndefined()
    writeFileSync(file, '127.0.0.1\tweb\n')
    expect(writtenHosts(file)).toBe('127.0.0.1\tweb\n')
    truncateSync(file, 1e9)
    expect(writtenHosts(file)).toBeUndefined()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
