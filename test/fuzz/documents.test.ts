import { generateKeyPairSync } from 'node:crypto'

import { expect, test } from 'vitest'

import {
  chooseEntry,
  formatImageList,
  formatReference,
  parseAnyManifest,
  parseImageConfig,
  parseImageList,
  parseLayoutIndex,
  parsePayload,
  parsePolicy,
  parseReference,
  parseSignature,
  parseTransport,
  qualify,
  readPublicKey,
  registryScopes,
  requirementsFor,
  selectPlatform,
  splitStoredName,
  withDefaultTag,
} from '../../engine/image/index.ts'
import { parseStrictJson } from '../../engine/image/signing/strict-json.ts'
import { parseChallenge } from '../../engine/registry/auth/authorize.ts'
import { errorText } from '../../engine/registry/http/failures.ts'
import { feed } from './feed.ts'
import { mutateBytes, mutateDocument, mutateText } from './mutate.ts'
import { type Random, seed } from './random.ts'

const digest = `sha256:${'ab'.repeat(32)}`
const oci = 'application/vnd.oci.image'
const layer = { mediaType: `${oci}.layer.v1.tar+gzip`, digest, size: 10, urls: ['https://x/y'], annotations: { a: 'b' } }
const manifest = {
  schemaVersion: 2,
  mediaType: `${oci}.manifest.v1+json`,
  config: { mediaType: `${oci}.config.v1+json`, digest, size: 7 },
  layers: [layer, layer],
  annotations: { a: 'b' },
  subject: { mediaType: `${oci}.manifest.v1+json`, digest, size: 7 },
}
const index = {
  schemaVersion: 2,
  mediaType: `${oci}.index.v1+json`,
  manifests: [
    {
      mediaType: manifest.mediaType,
      digest,
      size: 3,
      platform: { os: 'linux', architecture: 'amd64', variant: 'v8', 'os.features': ['x'] },
      annotations: { 'org.opencontainers.image.ref.name': 'latest' },
    },
  ],
  annotations: { a: 'b' },
}
const config = {
  created: '2026-01-02T03:04:05.6Z',
  author: 'me',
  architecture: 'amd64',
  os: 'linux',
  config: {
    User: '0:0',
    Env: ['A=b'],
    Cmd: ['sh'],
    Labels: { a: 'b' },
    ExposedPorts: { '80/tcp': {} },
    Healthcheck: { Test: ['NONE'] },
  },
  rootfs: { type: 'layers', diff_ids: [digest] },
  history: [{ created: '2026-01-02T03:04:05Z', created_by: 'x', empty_layer: true }],
}
const documents = [manifest, index, config, { schemaVersion: 1 }]
const types = [manifest.mediaType, index.mediaType, '', 'application/vnd.docker.distribution.manifest.v2+json']

test(`manifests, indexes and configurations, seed ${seed}`, async () => {
  const make = (random: Random) => ({ bytes: mutateDocument(random, random.pick(documents)), type: random.pick(types) })
  await feed('manifests', { count: 2400 }, make, ({ bytes, type }) => {
    const found = parseAnyManifest(bytes, type, 'x')
    if (found.kind === 'index') selectPlatform(found, { os: 'linux', architecture: 'amd64' }, 'x')
  })
  await feed('image lists', { count: 1600 }, make, ({ bytes, type }) => {
    const list = parseImageList(bytes, type, 'x')
    formatImageList(list)
  })
  await feed('layout indexes', { count: 1600 }, make, ({ bytes }) => chooseEntry(parseLayoutIndex(bytes, 'x'), 'latest', 'x'))
  await feed(
    'configurations',
    { count: 1600 },
    (random) => mutateDocument(random, config),
    (bytes) => parseImageConfig(bytes, 'x'),
  )
})

test(`names of images, seed ${seed}`, async () => {
  const names = [
    'docker.io/library/busybox:1.36',
    `localhost:5000/a/b@${digest}`,
    'a/b:c',
    'docker://quay.io/x',
    'oci:/tmp/x:y',
    '[::1]:5000/a',
  ]
  const make = (random: Random): string => mutateText(random, random.pick(names))
  await feed('references', { count: 3200 }, make, (text) => {
    const full = qualify(parseReference(text), 'docker.io')
    expect(parseReference(formatReference(full))).toEqual(withDefaultTag(full))
    registryScopes(full)
  })
  await feed('transports', { count: 1600 }, make, parseTransport)
  await feed('stored names', { count: 1600 }, make, splitStoredName)
})

test(`signatures, what they sign, keys and policies, seed ${seed}`, async () => {
  const payload = {
    critical: {
      identity: { 'docker-reference': 'a/b' },
      image: { 'docker-manifest-digest': digest },
      type: 'atomic container signature',
    },
    optional: { creator: 'x', timestamp: 1 },
  }
  await feed(
    'payloads',
    { count: 1600 },
    (random) => mutateDocument(random, payload),
    (bytes) => parsePayload('simple', bytes),
  )
  const mark = Buffer.from('\0sigstore-json\n')
  const signature = { mimeType: 'x', payload: 'e30=', annotations: { a: 'b' } }
  const make = (random: Random): Buffer => Buffer.concat([mark, mutateDocument(random, signature)])
  await feed(
    'signatures',
    { count: 1200 },
    (random) => (random.chance(70) ? make(random) : mutateBytes(random, mark)),
    parseSignature,
  )
  const pem = Buffer.from(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }))
  await feed(
    'keys',
    { count: 500 },
    (random) => mutateBytes(random, pem),
    (bytes) => readPublicKey(bytes, 'x'),
  )
  const policy = {
    default: [{ type: 'insecureAcceptAnything' }],
    transports: {
      docker: { 'a/b': [{ type: 'signedBy', keyType: 'GPGKeys', keyPath: '/x', signedIdentity: { type: 'matchExact' } }] },
    },
  }
  await feed(
    'policies',
    { count: 1600 },
    (random) => mutateDocument(random, policy).toString(),
    (text) => requirementsFor(parsePolicy(text, 'x'), 'docker', ['a/b', 'toString', '__proto__']),
  )
  const allowed = (error: unknown): boolean => error instanceof SyntaxError
  await feed('strict JSON', { count: 1200, allowed }, (random) => mutateDocument(random, payload).toString(), parseStrictJson)
})

test(`what registries ask for and how they fail, seed ${seed}`, async () => {
  const header = 'Basic realm="a", Bearer realm="https://auth.x/token",service="x",scope="repository:a/b:pull"'
  await feed('challenges', { count: 2000 }, (random) => mutateText(random, header), parseChallenge)
  const failure = { errors: [{ code: 'X', message: 'y', detail: {} }] }
  await feed('failures', { count: 1200 }, (random) => mutateDocument(random, failure), errorText)
})
