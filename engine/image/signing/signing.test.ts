import { createPublicKey } from 'node:crypto'
import { expect, test } from 'vitest'

import { digestOf } from '../digest.ts'
import { toReference } from '../reference.ts'
import { identityMatches } from './identity.ts'
import { makePayload, parsePayload } from './payload.ts'
import { parseStrictJson } from './strict-json.ts'
import { parsePolicy, pathScopes, registryScopes, requirementsFor } from './policy.ts'
import { encodeSignature, parseSignature } from './signature.ts'
import { generateSigstoreKey, isSignedByOneOf, openSigstoreKey, signPayload } from './sigstore-key.ts'

const digest = digestOf(Buffer.from('a manifest'))

/** Made by skopeo generate-sigstore-key, with the passphrase `pw`. */
const foreignKey = `-----BEGIN ENCRYPTED COSIGN PRIVATE KEY-----
${Buffer.from('{"kdf":{"name":"scrypt","params":{"N":65536,"r":8,"p":1},"salt":"YYeZ8rndWq3rTuFaRGKJr+LLHtJnEuGukju/lNXkx84="},"cipher":{"name":"nacl/secretbox","nonce":"BsCO5y5UJcKShnjyyrqVdVnxotsRUt2g"},"ciphertext":"MWOVa/iHTFZNLdnlkFzbAxoa7D3/M99wGrY/rQI9CmEtTiByuyyq1RIna+MvTD/ONoX1zaX8VMEL57x5fCD3JMcIV7AAxHoPCKAgmwZ4yIEx8heoCkLPRZqdpE9TKhW3NQI8XfzzPoQ7eJs9jNHXDe4b31ht7iIPTr3o5xjvZ0d6nk+7+BK5d2vZ1Apw8Pm8zElRoCm8olSYbw=="}').toString('base64')}
-----END ENCRYPTED COSIGN PRIVATE KEY-----
`
const foreignPublicKey = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8pM5Wkk/caRywgX+piBaYXzquwWe
fAm1zCdK+n38kauMQnwAqTL76fplZtblN7zcYeMhGWHjsBkiQkUw9IlMng==
-----END PUBLIC KEY-----
`

test('a key that another tool made opens with its passphrase, and signs what its public key verifies', async () => {
  const key = await openSigstoreKey(foreignKey, 'pw')
  const payload = makePayload('sigstore', { digest, identity: 'quay.io/a/b:1' }, 'berth', 1)
  const signature = signPayload(payload, key)
  expect(isSignedByOneOf(payload, signature, [createPublicKey(foreignPublicKey)])).toBe(true)
  expect(isSignedByOneOf(Buffer.from(`${payload.toString()} `), signature, [createPublicKey(foreignPublicKey)])).toBe(false)
  await expect(openSigstoreKey(foreignKey, 'PW')).rejects.toMatchObject({ code: 'InvalidArgument' })
  await expect(openSigstoreKey('nonsense', 'pw')).rejects.toMatchObject({ code: 'InvalidArgument' })
})

test('a key of ours goes round', async () => {
  const made = await generateSigstoreKey('a pass phrase')
  const key = await openSigstoreKey(made.privateKey, 'a pass phrase')
  expect(createPublicKey(key).export({ type: 'spki', format: 'pem' })).toBe(made.publicKey)
})

test('a payload says only what was signed, and nothing that is not understood', () => {
  const payload = makePayload('simple', { digest, identity: 'docker.io/library/a:1' }, 'berth', 1)
  expect(parsePayload('simple', payload)).toEqual({ digest, identity: 'docker.io/library/a:1' })
  expect(() => parsePayload('sigstore', payload)).toThrow(expect.objectContaining({ code: 'SignatureInvalid' }))
  const more = JSON.parse(payload.toString()) as { critical: Record<string, unknown> }
  more.critical['also'] = 1
  expect(() => parsePayload('simple', Buffer.from(JSON.stringify(more)))).toThrow(/unknown field "also"/)
})

test('signatures keep their form in folders', () => {
  const sigstore = { format: 'sigstore', mimeType: 'a/b', payload: Buffer.from('p'), annotations: { x: 'y' } } as const
  expect(parseSignature(encodeSignature(sigstore))).toEqual(sigstore)
  const simple = { format: 'simple', bytes: Buffer.from([0xa3, 1, 2]) } as const
  expect(parseSignature(encodeSignature(simple))).toEqual(simple)
  expect(() => parseSignature(Buffer.from('text'))).toThrow(expect.objectContaining({ code: 'SignatureInvalid' }))
})

const image = toReference('quay.io/a/b:1')
const byDigest = toReference(`quay.io/a/b@${digest}`)

test.each([
  [{ type: 'matchExact' }, 'quay.io/a/b:1', image, true],
  [{ type: 'matchExact' }, 'quay.io/a/b:2', image, false],
  [{ type: 'matchExact' }, 'quay.io/a/b', toReference('quay.io/a/b'), false],
  [{ type: 'matchExact' }, 'quay.io/a/b:1', byDigest, false],
  [{ type: 'matchRepoDigestOrExact' }, 'quay.io/a/b:1', byDigest, true],
  [{ type: 'matchRepoDigestOrExact' }, 'quay.io/a/c:1', byDigest, false],
  [{ type: 'matchRepoDigestOrExact' }, 'quay.io/a/b:2', image, false],
  [{ type: 'matchRepoDigestOrExact' }, 'quay.io/a/b:1', undefined, false],
  [{ type: 'matchRepository' }, 'quay.io/a/b', image, true],
  [{ type: 'matchRepository' }, 'quay.io/a/bb:1', image, false],
  [{ type: 'exactReference', dockerReference: 'docker.io/library/x:3' }, 'docker.io/library/x:3', image, true],
  [{ type: 'exactReference', dockerReference: 'docker.io/library/x:3' }, 'docker.io/library/x:4', undefined, false],
  [{ type: 'exactRepository', dockerRepository: 'docker.io/library/x' }, 'docker.io/library/x:3', undefined, true],
  [{ type: 'remapIdentity', prefix: 'quay.io/a', signedPrefix: 'vendor.example/up' }, 'vendor.example/up/b:1', image, true],
  [{ type: 'remapIdentity', prefix: 'quay.io/a', signedPrefix: 'vendor.example/up' }, 'quay.io/a/b:1', image, false],
  [{ type: 'remapIdentity', prefix: 'quay.io/a', signedPrefix: 'Not a name' }, 'quay.io/a/b:1', image, false],
  [{ type: 'matchRepository' }, 'not a name', image, false],
] as const)('%j: signed as %s', (rule, signed, reference, expected) => {
  expect(identityMatches(rule, signed, reference)).toBe(expected)
})

test('the closest scope decides', () => {
  expect(registryScopes(toReference('registry.example.com:5000/a/b:1'))).toEqual([
    'registry.example.com:5000/a/b:1',
    'registry.example.com:5000/a/b',
    'registry.example.com:5000/a',
    'registry.example.com:5000',
    '*.example.com',
    '*.com',
  ])
  expect(pathScopes('/srv/images/x')).toEqual(['/srv/images/x', '/srv/images', '/srv'])
  const policy = parsePolicy(
    JSON.stringify({
      default: [{ type: 'reject' }],
      transports: {
        docker: { 'quay.io/a': [{ type: 'insecureAcceptAnything' }], '*.example.com': [{ type: 'insecureAcceptAnything' }] },
      },
    }),
    'policy.json',
  )
  const first = (name: string) => requirementsFor(policy, 'docker', registryScopes(toReference(name)))[0]?.type
  expect(first('quay.io/a/b:1')).toBe('insecureAcceptAnything')
  expect(first('quay.io/ab:1')).toBe('reject')
  expect(first('x.example.com/b:1')).toBe('insecureAcceptAnything')
  expect(first('example.com/b:1')).toBe('reject')
  expect(requirementsFor(policy, 'dir', pathScopes('/x'))[0]?.type).toBe('reject')
})

test.each([
  ['{', /cannot be used/],
  ['{}', /default has no list/],
  ['{"default":[]}', /default has no list/],
  ['{"default":[{"type":"acceptAll"}]}', /unknown type "acceptAll"/],
  ['{"default":[{"type":"reject","x":1}]}', /unknown field "x"/],
  ['{"default":[{"type":"signedBy","keyType":"GPGKeys"}]}', /exactly one of/],
  ['{"default":[{"type":"signedBy","keyType":"X509","keyPath":"/a"}]}', /keyType/],
  ['{"default":[{"type":"signedBy","keyType":"GPGKeys","keyPath":"/a","signedIdentity":{"type":"any"}}]}', /no known type/],
  ['{"default":[{"type":"sigstoreSigned","fulcio":{}}]}', /fulcio/],
  ['{"default":[{"type":"reject"}],"more":1}', /unknown field "more"/],
  ['{"default":[{"type":"reject"}],"d\\u0065fault":[{"type":"insecureAcceptAnything"}]}', /twice/],
  ['{"default":[{"type":"reject","type":"insecureAcceptAnything"}]}', /twice/],
  ['{"default":[{"type":"reject"}],"__proto__":{}}', /unknown field "__proto__"/],
])('a policy that is not understood lets nothing in: %s', (text, message) => {
  expect(() => parsePolicy(text, '/etc/containers/policy.json')).toThrow(message)
  expect(() => parsePolicy(text, '/etc/containers/policy.json')).toThrow(expect.objectContaining({ code: 'PolicyInvalid' }))
})

test('keys may be the same in different objects, and what is in a text is no key', () => {
  const text = '{"a":{"a":"\\"a\\":{"},"b":[{"a":1},{"a":"}"}],"c":":"}'
  expect(parseStrictJson(text)).toEqual(JSON.parse(text))
  expect(() => parseStrictJson('{"a":{"b":1,"c":[],"b":2}}')).toThrow('twice')
})

test('a signature that says something twice says nothing', () => {
  const payload = makePayload('simple', { digest: digestOf(Buffer.from('x')), identity: 'a.example/b:1' }, 'x', 1).toString()
  expect(() => parsePayload('simple', Buffer.from(payload.replace('{"critical":', '{"critical":{},"critical":')))).toThrow(
    expect.objectContaining({ code: 'SignatureInvalid' }),
  )
})
