import { constants } from 'node:os'

import { expect, test } from 'vitest'

import { signalName, signalNumber } from './signal.ts'

// As `podman create --stop-signal` 5.4.2 takes them, and `podman inspect` shows them.
test.each([
  ['TERM', 15, 'SIGTERM'],
  ['SIGTERM', 15, 'SIGTERM'],
  ['sigterm', 15, 'SIGTERM'],
  ['sIgHuP', 1, 'SIGHUP'],
  ['15', 15, 'SIGTERM'],
  [15, 15, 'SIGTERM'],
  ['-1', 1, 'SIGHUP'],
  ['+9', 9, 'SIGKILL'],
  ['09', 9, 'SIGKILL'],
  ['IOT', 6, 'SIGABRT'],
  ['CLD', 17, 'SIGCHLD'],
  ['POLL', 29, 'SIGIO'],
  ['STKFLT', 16, 'SIGSTKFLT'],
  ['32', 32, '32'],
  ['RTMIN', 34, 'SIGRTMIN'],
  ['SIGRTMIN', 34, 'SIGRTMIN'],
  ['rtmin+3', 37, 'SIGRTMIN+3'],
  ['RTMIN+15', 49, 'SIGRTMIN+15'],
  ['RTMAX-14', 50, 'SIGRTMAX-14'],
  ['RTMAX-1', 63, 'SIGRTMAX-1'],
  ['RTMAX', 64, 'SIGRTMAX'],
  ['64', 64, 'SIGRTMAX'],
])('%s is %d, %s', (given, number, name) => {
  expect(signalNumber(given)).toBe(number)
  expect(signalName(number)).toBe(name)
})

test.each([
  '0',
  'NOPE',
  '',
  ' TERM',
  'UNUSED',
  'RTMIN+0',
  'RTMIN+16',
  'RTMIN-1',
  'RTMIN+',
  'RTMAX-15',
  'RTMAX-0',
  'RTMAX+1',
  'SIGRTMIN+03',
  'constructor',
  '1.5',
  'SIG',
])('%j is refused with podman’s message', (given) =>
  expect(() => signalNumber(given)).toThrow(
    expect.objectContaining({ code: 'InvalidArgument', message: `invalid signal: ${given}` }),
  ),
)

test('a number beyond the last one is refused with podman’s message', () => {
  expect(() => signalNumber('65')).toThrow('valid signals are 1 through 64')
})

test('the names are those of this system', () => {
  for (const [name, number] of Object.entries(constants.signals)) expect(signalNumber(name), name).toBe(number)
})
