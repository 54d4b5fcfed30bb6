import { expect, test } from 'vitest'

import { parseUlimit } from './ulimit.ts'

// As `podman create --ulimit` 5.4.2 takes them.
test.each([
  ['nofile=1024', 'RLIMIT_NOFILE', 1024, 1024],
  ['nofile=1024:2048', 'RLIMIT_NOFILE', 1024, 2048],
  ['nofile=-1', 'RLIMIT_NOFILE', -1, -1],
  ['nofile=5:-1', 'RLIMIT_NOFILE', 5, -1],
  ['NOFILE=5', 'RLIMIT_NOFILE', 5, 5],
  ['RLIMIT_NOFILE=5', 'RLIMIT_NOFILE', 5, 5],
  ['core=0', 'RLIMIT_CORE', 0, 0],
])('%s', (text, type, soft, hard) => expect(parseUlimit(text)).toEqual({ type, soft, hard }))

test.each([
  ['nofile=2048:1024', 'ulimit soft limit must be less than or equal to hard limit: 2048 > 1024'],
  ['nofile=-1:5', 'ulimit soft limit must be less than or equal to hard limit: -1 > 5'],
  ['bogus=1', 'invalid ulimit type: bogus'],
  ['nofile', 'invalid ulimit argument: nofile'],
  ['nofile=', '"" is not a whole number'],
  ['nofile=unlimited', '"unlimited" is not a whole number'],
  ['nofile=1.5', '"1.5" is not a whole number'],
  ['nofile=0x10', '"0x10" is not a whole number'],
  ['nofile= 5', '" 5" is not a whole number'],
  ['nofile=99999999999999999999', '"99999999999999999999" is more than a number can be'],
  ['nofile=1:2:3', 'too many limit value arguments - 1:2:3, can only have up to two, `soft[:hard]`'],
])('%s is refused', (text, words) => {
  const message = `ulimit option "${text}" requires name=SOFT:HARD, failed to be parsed: ${words}`
  expect(() => parseUlimit(text)).toThrow(expect.objectContaining({ code: 'InvalidArgument', message }))
})
