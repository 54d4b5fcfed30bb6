import { expect, test } from 'vitest'

import { checkSecretName, checkSecretSize, parseSecret } from './secret.ts'

const usual = { Target: '', UID: 0, GID: 0, Mode: 0o444 }

// Podman 5.4.2's answers.
test.each([
  ['one', { file: { ...usual, Source: 'one' } }],
  ['one,target=/etc/x,uid=5,gid=6,mode=0400', { file: { Source: 'one', Target: '/etc/x', UID: 5, GID: 6, Mode: 0o400 } }],
  ['source=one,target=t', { file: { ...usual, Source: 'one', Target: 't' } }],
  ['type=mount,source=one', { file: { ...usual, Source: 'one' } }],
  ['type=mount', { file: { ...usual, Source: 'type=mount' } }],
  ['one,type=env', { variable: 'one', secret: 'one' }],
  ['one,type=env,target=FOO', { variable: 'FOO', secret: 'one' }],
  ['one,target=', { file: { ...usual, Source: 'one' } }],
])('%s', (text, found) => expect(parseSecret(text)).toEqual(found))

test.each([
  ['one,type=bad', 'type bad is invalid: parsing secret'],
  ['one,foo=bad', 'option foo=bad invalid: parsing secret'],
  ['one,type=env,uid=4', 'UID, GID, Mode options cannot be set with secret type env: parsing secret'],
  ['one,mode=999', 'mode 999 invalid: parsing secret'],
  ['one,uid=x', 'UID x invalid: parsing secret'],
  ['one,gid=4294967296', 'GID 4294967296 invalid: parsing secret'],
  ['type=env,target=x', 'no source found in "type=env,target=x": parsing secret'],
])('%s is refused', (text, message) => expect(() => parseSecret(text)).toThrow(message))

test('names and sizes', () => {
  for (const good of ['a', 'a b', 'ü', 'x'.repeat(253)]) checkSecretName(good)
  for (const bad of ['', 'a/b', 'a,b', 'a=b', 'a\0', 'x'.repeat(254)])
    expect(() => checkSecretName(bad), bad).toThrow('invalid secret name')
  for (const good of [1, 511_999]) checkSecretSize(good)
  for (const bad of [0, 512_000]) expect(() => checkSecretSize(bad)).toThrow('larger than 0 and less than 512000 bytes')
})
