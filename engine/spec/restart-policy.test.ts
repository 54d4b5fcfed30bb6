import { expect, test } from 'vitest'

import { checkRestartPolicy, parseRestartPolicy } from './restart-policy.ts'

// As `podman create --restart` 5.4.2 takes them.
test.each([
  ['', '', 0],
  ['no', 'no', 0],
  ['never', 'no', 0],
  ['always', 'always', 0],
  ['unless-stopped', 'unless-stopped', 0],
  ['on-failure', 'on-failure', 0],
  ['on-failure:3', 'on-failure', 3],
  ['on-failure:0', 'on-failure', 0],
  ['on-failure:+3', 'on-failure', 3],
  ['on-failure:03', 'on-failure', 3],
])('%j is %j with %d retries', (text, name, maximumRetries) => {
  expect(parseRestartPolicy(text)).toEqual({ name, maximumRetries })
})

test.each([
  ['sometimes', '"sometimes" is not a valid restart policy: use no, on-failure[:max-retries], always or unless-stopped'],
  ['ON-FAILURE', '"ON-FAILURE" is not a valid restart policy: use no, on-failure[:max-retries], always or unless-stopped'],
  ['on-failure:', 'parsing restart policy retry count: "" is not a whole number'],
  ['on-failure:x', 'parsing restart policy retry count: "x" is not a whole number'],
  ['on-failure:-1', 'must specify restart policy retry count as a number greater than 0'],
  ['on-failure:3:4', 'invalid restart policy: may specify retries at most once'],
  ['always:3', 'restart policy retries can only be specified with on-failure restart policy'],
  ['no:0', 'restart policy retries can only be specified with on-failure restart policy'],
])('%j is refused', (text, message) => {
  expect(() => parseRestartPolicy(text)).toThrow(expect.objectContaining({ code: 'InvalidArgument', message }))
})

test('what is removed when it ends is not started again', () => {
  const conflict = 'the --rm option conflicts with --restart, when the restartPolicy is not "" and "no"'
  for (const text of ['always', 'on-failure:3', 'unless-stopped'])
    expect(() => checkRestartPolicy(parseRestartPolicy(text), { remove: true })).toThrow(conflict)
  for (const text of ['', 'no', 'never'])
    expect(checkRestartPolicy(parseRestartPolicy(text), { remove: true }).maximumRetries).toBe(0)
})
