import { expect, test } from 'vitest'

import { storeFlags } from './store-flags.ts'

test('another process is told everything that says which store it is', () => {
  expect(storeFlags({ root: '/s', runRoot: '/r' })).toEqual(['--root', '/s', '--runroot', '/r'])
  const all = {
    root: '/s',
    tmpDir: '/t',
    withoutEvents: true,
    syslog: true,
    storageDriver: 'vfs',
    storageOptions: ['a=b', 'c=d'],
    networkConfigDir: '/n',
  }
  expect(storeFlags(all).join(' ')).toBe(
    '--root /s --tmpdir /t --network-config-dir /n --events-backend none --syslog --storage-driver vfs --storage-opt a=b --storage-opt c=d',
  )
})
