import { expect, test } from 'vitest'

import { sharedNames } from './shared-hosts.ts'

test('what those who share a hosts file have added stays as it is written again', () => {
  const before = '127.0.0.1\tlocalhost\n10.0.0.2\told\n127.0.0.1\tweb\n127.0.0.1\tabc db\n'
  expect(sharedNames(before, '127.0.0.1\tlocalhost\n10.0.0.3\tnew\n')).toBe('127.0.0.1\tweb\n127.0.0.1\tabc db\n')
  expect(sharedNames('', '127.0.0.1\tlocalhost\n')).toBe('')
})
