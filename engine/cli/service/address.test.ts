import { expect, test } from 'vitest'

import { parseServiceAddress } from './address.ts'

test.each([
  ['unix:///run/a.sock', { kind: 'unix', path: '/run/a.sock' }],
  ['unix:/run/a.sock', { kind: 'unix', path: '/run/a.sock' }],
  ['tcp://127.0.0.1:8080', { kind: 'tcp', host: '127.0.0.1', port: 8080 }],
  ['tcp://localhost:0/', { kind: 'tcp', host: 'localhost', port: 0 }],
  ['tcp://[::1]:80', { kind: 'tcp', host: '::1', port: 80 }],
  ['tcp://:80', { kind: 'tcp', host: '0.0.0.0', port: 80 }],
  ['fd://', { kind: 'activated' }],
])('%s', (text, address) => {
  expect(parseServiceAddress(text)).toEqual(address)
})

test.each(['', 'unix://', 'unix://relative', 'tcp://', 'tcp://127.0.0.1', 'tcp://127.0.0.1:99999', 'http://a:1', 'tcp://a b:1'])(
  '%j is refused with what may be given',
  (text) => {
    expect(() => parseServiceAddress(text)).toThrow('give unix:///PATH')
  },
)
