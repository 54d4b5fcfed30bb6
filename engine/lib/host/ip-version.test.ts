import { isIP as known } from 'node:net'
import { expect, test } from 'vitest'

import { isIP } from './ip-version.ts'

const texts =
  '0.0.0.0 255.255.255.255 10.88.0.1 256.1.1.1 1.2.3 1.2.3.4.5 01.2.3.4 1.2.3.04 0x7f.0.0.1 127.1 :: ::1 1:: 1::8 1:2:3:4:5:6:7:8 1:2:3:4:5:6:7 1:2:3:4:5:6:7:8:9 1::2::3 ::ffff:1.2.3.4 ::1.2.3.4 ::1.2.3 ::0x7f.1.1.1 ::01.2.3.4 1.2.3.4:: fe80::1%eth0 fe80::1%25eth0 fe80::% fe80::1%a/b ::g 12345:: ABCD::EF [::1] ::1] / % a.b . : ::: 1.2.3.4%eth0 1:2:3:4:5:6:1.2.3.4 1:2:3:4:5:6:7:1.2.3.4'.split(
    ' ',
  )

test.each([...texts, '', ' ', ' 1.2.3.4', '1.2.3.4\n', '::1\n', '１.2.3.4'])('%j: as node:net says', (text) => {
  expect(isIP(text)).toBe(known(text))
})

test('random texts of no zone: as node:net says', () => {
  const letters = '0123456789abf:::...'
  let seed = 7
  const next = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below
  for (let round = 0; round < 20_000; round += 1) {
    const text = Array.from({ length: next(14) }, () => letters[next(letters.length)]).join('')
    if (isIP(text) !== known(text)) expect([text, isIP(text)]).toEqual([text, known(text)])
  }
})
