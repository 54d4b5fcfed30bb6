import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { digestOf, mediaTypes } from '../../../image/index.ts'
import {
  type FakeImage,
  type FakeRegistry,
  type FaultHook,
  refuse,
  startFakeRegistry,
} from '../../../registry/fake/fake-registry.ts'
import { type LocalEngine, openEngine } from '../../index.ts'

let registry: FakeRegistry
let root: string
let local: LocalEngine
beforeEach(async () => {
  registry = await startFakeRegistry()
  root = mkdtempSync(join(tmpdir(), 'berth-faults-'))
  local = openEngine({ root: join(root, 'store'), runRoot: join(root, 'run') })
})
afterEach(async () => {
  await local.close()
  await registry.close()
  rmSync(root, { recursive: true })
})

async function pull(name = 'a/b:v1', more: object = {}): Promise<string> {
  let id = ''
  const input = { reference: `${registry.name}/${name}`, tlsVerify: false, retry: 2, retryDelay: '1ms', ...more }
  for await (const item of await local.engine['image.pull'](input)) id = item.id ?? id
  return id
}

/** What a fault does to the registry, which has the image `a/b:v1` already. */
type Fault = (image: FakeImage) => FaultHook | void | Promise<void>

const filler = 'x'.repeat(200_000)
const isManifest = (request: http.IncomingMessage): boolean => request.url?.includes('/manifests/') ?? false
const firstLayer = (image: FakeImage): string => image.manifest.layers[0]!.digest
const isBlob = (request: http.IncomingMessage, digest: string): boolean => request.url?.endsWith(digest) ?? false
const from = (request: http.IncomingMessage): number => Number(/=(\d+)/.exec(request.headers.range ?? '')?.[1] ?? 0)

/** Answers one kind of request otherwise. */
const answer =
  (
    which: (request: http.IncomingMessage) => boolean,
    how: (response: http.ServerResponse, request: http.IncomingMessage) => void,
  ): FaultHook =>
  (request, response) => {
    if (!which(request)) return false
    how(response, request)
    return true
  }
const onManifest =
  (how: (response: http.ServerResponse, request: http.IncomingMessage) => void): Fault =>
  () =>
    answer(isManifest, how)
const onLayer =
  (how: (response: http.ServerResponse, request: http.IncomingMessage, blob: Buffer) => void): Fault =>
  (image) =>
  (request, response, blob) => {
    if (!blob || !isBlob(request, firstLayer(image))) return false
    how(response, request, blob)
    return true
  }
const onConfig =
  (how: (response: http.ServerResponse, blob: Buffer) => void): Fault =>
  (image) =>
  (request, response, blob) => {
    if (!blob || !isBlob(request, image.manifest.config.digest)) return false
    how(response, blob)
    return true
  }
const endless = (response: http.ServerResponse): void => {
  const more = (): void => {
    while (response.writable && response.write(filler));
    response.once('drain', more)
  }
  more()
}
const altered =
  (alter: (manifest: FakeImage['manifest']) => void): Fault =>
  async () =>
    void (await registry.addImage('a/b', 'v1', [{ x: '1' }], { alter }))
const document =
  (make: (image: FakeImage) => object): Fault =>
  (image) =>
    void registry.addManifest('a/b', 'v1', make(image))

/** Every way a registry misbehaves for good: what it is called, and what may be left to be taken up later. */
const refused: [string, string, string, Fault, { partial?: true }?][] = [
  [
    'a manifest that is not what its header says',
    'DigestMismatch',
    'other content',
    onManifest((response) => response.writeHead(200, { 'docker-content-digest': digestOf(Buffer.from('y')) }).end('{}')),
  ],
  [
    'a manifest of more than 4 MiB',
    'RegistryProtocol',
    'more than',
    onManifest((response) => response.end(Buffer.alloc(4 * 1024 * 1024 + 1, ' '))),
  ],
  ['an endless manifest', 'RegistryProtocol', 'more than', onManifest(endless)],
  [
    'a web page in place of a manifest',
    'ManifestInvalid',
    'not JSON',
    onManifest((response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>log in</html>')),
  ],
  [
    'schema 1',
    'ManifestInvalid',
    'schema 1',
    document(() => ({ schemaVersion: 1, name: 'a/b', tag: 'v1', fsLayers: [], history: [] })),
  ],
  [
    'a manifest of an unknown type',
    'ManifestInvalid',
    'application/x-other',
    document(({ manifest }) => ({ ...manifest, mediaType: 'application/x-other' })),
  ],
  [
    'a document that is manifest and index',
    'ManifestInvalid',
    'both',
    document(({ manifest }) => ({ ...manifest, manifests: [] })),
  ],
  ['an artifact', 'ManifestInvalid', 'artifact', altered(({ config }) => (config.mediaType = 'application/x-chart'))],
  [
    'a layer of an unknown type',
    'ManifestInvalid',
    'application/x-layer',
    altered(({ layers }) => (layers[0]!.mediaType = 'application/x-layer')),
  ],
  [
    '129 layers',
    'ManifestInvalid',
    '129 layers',
    altered((manifest) => (manifest.layers = Array.from({ length: 129 }, () => manifest.layers[0]!))),
  ],
  ['a negative size', 'ManifestInvalid', 'size', altered(({ layers }) => (layers[0]!.size = -1))],
  [
    'a digest that is a path',
    'ManifestInvalid',
    'digest',
    altered(({ layers }) => (layers[0]!.digest = 'sha256:../../../etc/passwd')),
  ],
  [
    'a configuration of more than 4 MiB',
    'ManifestInvalid',
    'larger than 4 MiB',
    altered(({ config }) => (config.size = 4 * 1024 * 1024 + 1)),
  ],
  [
    'a configuration longer than said',
    'SizeMismatch',
    'longer than',
    onConfig((response, blob) => response.write(blob) && response.end(blob)),
  ],
  [
    'a configuration of other content',
    'DigestMismatch',
    'other content',
    onConfig((response, blob) => response.end(Buffer.alloc(blob.length, ' '))),
  ],
  ['an endless configuration', 'SizeMismatch', 'longer than', onConfig(endless)],
  [
    'an index of an index',
    'ManifestInvalid',
    'another index',
    document(() => {
      const platform = { os: 'linux', architecture: process.arch === 'arm64' ? 'arm64' : 'amd64' }
      const inner = registry.addManifest('a/b', 'inner', { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] })
      return {
        schemaVersion: 2,
        mediaType: mediaTypes.ociIndex,
        manifests: [{ mediaType: mediaTypes.ociIndex, ...inner, platform }],
      }
    }),
  ],
  [
    'an index that lies about a size',
    'SizeMismatch',
    'index says',
    document((image) => ({
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: [
        {
          mediaType: mediaTypes.ociManifest,
          digest: image.digest,
          size: image.size + 1,
          platform: { os: 'linux', architecture: process.arch === 'arm64' ? 'arm64' : 'amd64' },
        },
      ],
    })),
  ],
  [
    'an index without this platform',
    'ImagePlatformMissing',
    'linux/s390x',
    document((image) => ({
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: [
        {
          mediaType: mediaTypes.ociManifest,
          digest: image.digest,
          size: image.size,
          platform: { os: 'linux', architecture: 's390x' },
        },
      ],
    })),
  ],
  [
    'a head that says more bytes than the manifest',
    'SizeMismatch',
    'manifest says',
    onLayer((response, _request, blob) =>
      response.writeHead(200, { 'content-length': blob.length + 1 }).end(Buffer.concat([blob, Buffer.alloc(1)])),
    ),
  ],
  [
    'a head that says fewer bytes than the manifest',
    'SizeMismatch',
    'manifest says',
    onLayer((response, _request, blob) => response.writeHead(200, { 'content-length': 10 }).end(blob.subarray(0, 10))),
  ],
  ['an endless layer', 'SizeMismatch', '', onLayer(endless)],
  [
    'a layer that always ends early',
    'SizeMismatch',
    'only',
    onLayer((response, request, blob) => {
      const at = from(request)
      response.writeHead(at ? 206 : 200, at ? { 'content-range': `bytes ${at}-${blob.length - 1}/${blob.length}` } : {})
      response.end(blob.subarray(at, at + 10))
    }),
  ],
  [
    'a connection that is always cut',
    'RegistryUnreachable',
    'closed the connection',
    onLayer((response, request, blob) => {
      const at = from(request)
      response.writeHead(at ? 206 : 200, {
        'content-length': blob.length - at,
        ...(at ? { 'content-range': `bytes ${at}-${blob.length - 1}/${blob.length}` } : {}),
      })
      response.write(blob.subarray(at, at + 10), () => response.destroy())
    }),
    { partial: true },
  ],
  [
    'another part than was asked for',
    'RegistryProtocol',
    'another part',
    onLayer((response, request, blob) => {
      if (from(request) > 0) response.writeHead(206, { 'content-range': `bytes 0-9/${blob.length}` }).end(blob.subarray(0, 10))
      else response.writeHead(200, { 'content-length': blob.length }).write(blob.subarray(0, 10), () => response.destroy())
    }),
    { partial: true },
  ],
  ['a layer that is gone', 'RegistryProtocol', 'lost a part', onLayer((response) => refuse(response, 404, 'blob unknown'))],
  [
    'a layer that is no archive',
    'LayerInvalid',
    '',
    altered(({ layers }) => Object.assign(layers[0]!, registry.addBlob(gzipSync(Buffer.alloc(5000, 'no tar'))))),
  ],
  [
    'circles of redirects',
    'RegistryProtocol',
    'circles',
    onManifest((response, request) => response.writeHead(302, { location: request.url }).end()),
  ],
  [
    'a redirect to what is no web address',
    'RegistryProtocol',
    'cannot be used',
    onLayer((response) => response.writeHead(307, { location: 'file:///etc/passwd' }).end()),
  ],
  ['a registry out of order', 'RegistryUnreachable', 'status 500', onManifest((response) => refuse(response, 500, 'oh'))],
  [
    'a limit that is not lifted',
    'RegistryThrottled',
    'no more requests',
    onManifest((response) => refuse(response, 429, 'slow', { 'retry-after': '0' })),
  ],
  [
    'headers without end',
    'RegistryProtocol',
    'headers',
    onManifest((response) => response.writeHead(200, { 'x-much': 'y'.repeat(100_000) }).end('{}')),
  ],
  [
    'something that is not HTTP',
    'RegistryProtocol',
    'not HTTP',
    onManifest((response) => response.socket!.end('SSH-2.0-OpenSSH_9\r\n\r\n')),
  ],
  [
    'a login server that is no web address',
    'RegistryProtocol',
    'safely',
    onManifest((response) => refuse(response, 401, '', { 'www-authenticate': 'Bearer realm="file:///etc/passwd"' })),
  ],
  [
    'a login server without a token',
    'RegistryProtocol',
    'no token',
    () => (request, response) => {
      if (request.url?.startsWith('/token')) response.end('<html>')
      else refuse(response, 401, '', { 'www-authenticate': `Bearer realm="http://${registry.name}/token"` })
      return true
    },
  ],
  [
    'a login that is never taken',
    'RegistryUnauthorized',
    'wants a login',
    onManifest((response) => refuse(response, 401, 'no', { 'www-authenticate': 'Basic realm="x"' })),
  ],
]

const once = (count: number, how: FaultHook): FaultHook => {
  let left = count
  return (request, response, blob) => left > 0 && how(request, response, blob) === true && left-- > 0
}
const soon = (): string => new Date(Date.now() + 100).toUTCString()

/** What passes, or can be borne with. */
const borne: [string, Fault][] = [
  [
    'a limit with a number of seconds',
    () =>
      once(
        2,
        answer(isManifest, (response) => refuse(response, 429, '', { 'retry-after': '0' })),
      ),
  ],
  [
    'a limit with a date',
    () =>
      once(
        1,
        answer(isManifest, (response) => refuse(response, 429, '', { 'retry-after': soon() })),
      ),
  ],
  [
    'a registry that is restarted',
    () =>
      once(
        2,
        answer(
          () => true,
          (response) => refuse(response, 503, 'back soon'),
        ),
      ),
  ],
  [
    'connections cut before an answer',
    () =>
      once(
        2,
        answer(
          () => true,
          (response) => response.socket!.destroy(),
        ),
      ),
  ],
  [
    'a manifest that breaks off',
    () =>
      once(
        1,
        answer(isManifest, (response) => {
          response.writeHead(200, { 'content-length': 1000 })
          response.write('{', () => response.destroy())
        }),
      ),
  ],
  [
    'a layer cut in the middle',
    (image) =>
      once(2, (request, response, blob) => {
        if (!blob || !isBlob(request, firstLayer(image))) return false
        const at = from(request)
        response.writeHead(at ? 206 : 200, {
          'content-length': blob.length - at,
          ...(at ? { 'content-range': `bytes ${at}-${blob.length - 1}/${blob.length}` } : {}),
        })
        response.write(blob.subarray(at, at + 50), () => response.destroy())
        return true
      }),
  ],
  [
    'a server without ranges',
    (image) => {
      let cut = false
      return (request, response, blob) => {
        if (!blob || !isBlob(request, firstLayer(image))) return false
        response.writeHead(200, { 'content-length': blob.length })
        if (cut) response.end(blob)
        else response.write(blob.subarray(0, 50), () => response.destroy())
        cut = true
        return true
      }
    },
  ],
  [
    'a wrong content type',
    (image) =>
      answer(isManifest, (response) =>
        response.writeHead(200, { 'content-type': 'text/plain' }).end(JSON.stringify(image.manifest)),
      ),
  ],
  [
    'a token that expires in mid-pull',
    () => {
      let issued = 0
      let used = 0
      return (request, response) => {
        if (request.url?.startsWith('/token')) {
          issued++
          used = 0
          response.end(JSON.stringify({ token: `t${issued}` }))
          return true
        }
        if (request.headers.authorization === `Bearer t${issued}` && ++used <= 1) return false
        refuse(response, 401, 'expired', {
          'www-authenticate': `Bearer realm="http://${registry.name}/token",error="invalid_token"`,
        })
        return true
      }
    },
  ],
]

// What was refused early has not even made the folder.
const holds = (folder: string): string[] => {
  const path = join(root, 'store', folder)
  return existsSync(path) ? readdirSync(path) : []
}

describe.skipIf(process.getuid?.() !== 0)('needs root, for owners', () => {
  test.each(refused)('%s is refused by name and leaves nothing', async (_name, code, text, fault, leaves = {}) => {
    const image = await registry.addImage('a/b', 'v1', [{ x: filler }])
    registry.faultHook = (await fault(image)) ?? undefined
    await expect(pull()).rejects.toEqual(expect.objectContaining({ code, message: expect.stringContaining(text) }))
    expect(await local.engine['image.list']({ all: true })).toEqual([])
    for (const folder of ['layers', 'l', 'staging', 'blobs/sha256', ...(leaves.partial ? [] : ['blobs/partial'])])
      expect({ folder, holds: holds(folder) }).toEqual({ folder, holds: [] })
  })

  test.each(borne)('%s is borne with', async (_name, fault) => {
    const image = await registry.addImage('a/b', 'v1', [{ x: filler }])
    registry.faultHook = (await fault(image)) ?? undefined
    expect(await pull()).toBe(image.id)
    expect(holds('blobs/partial')).toEqual([])
  })

  test('credentials go to the registry alone: not to where it redirects, not to its mirrors', async () => {
    const image = await registry.addImage('a/b', 'v1', [{ x: filler }])
    const seen: (string | undefined)[] = []
    const storage = http.createServer((request, response) => {
      seen.push(request.headers.authorization, request.url)
      registry.faultHook = undefined
      response.writeHead(307, { location: `http://${registry.name}/v2/a/b/blobs/${firstLayer(image)}` }).end()
    })
    await new Promise<void>((resolve) => storage.listen(0, '127.0.0.1', resolve))
    try {
      registry.faultHook = (request, response) => {
        if (!request.headers.authorization) refuse(response, 401, '', { 'www-authenticate': 'Basic realm="x"' })
        else if (isBlob(request, firstLayer(image)))
          response.writeHead(307, { location: `http://user:word@127.0.0.1:${(storage.address() as AddressInfo).port}/x` }).end()
        else return false
        return true
      }
      expect(await pull('a/b:v1', { credentials: 'u:secret-word' })).toBe(image.id)
      expect(seen).toEqual([undefined, '/x'])
    } finally {
      storage.closeAllConnections()
      storage.close()
    }
  })
})
