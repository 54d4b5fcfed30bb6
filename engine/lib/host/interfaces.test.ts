import { expect, test } from 'vitest'

import { interfaceNames } from './interfaces.ts'

test('interfaces are those of /proc/net/dev', () => {
  const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:  100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0
eth0.5:1234567890  1    0    0    0     0          0         0      100       1    0    0    0     0       0          0
`
  expect([...interfaceNames(text)]).toEqual(['lo', 'eth0.5'])
  expect(interfaceNames()).toContain('lo')
})
