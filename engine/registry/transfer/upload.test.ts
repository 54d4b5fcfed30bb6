import { expect, test } from 'vitest'

import { type BlobBytes, type Descriptor, digestOf } from '../../image/index.ts'
import type { RegistryOptions } from '../options.ts'
import type { Repository } from '../client.ts'
import { type FakeRegistry, refuse, startFakeRegistry } from '../fake/fake-registry.ts'
import { registryPerTest } from '../testing.ts'

let registry: FakeRegistry
const openIn = registryPerTest((started) => (registry = started))

const open = (options: RegistryOptions = {}): Repository => openIn({ retryDelay: 1, push: true, ...options })

const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251))
const blob: Descriptor = { mediaType: 'x', digest: digestOf(content), size: content.length }

/** Bytes in pieces; `begun` notes where each iteration began. */
function bytes(begun: number[] = []): BlobBytes {
  async function* from(offset: number): AsyncGenerator<Uint8Array> {
    begun.push(offset)
    for (let at = offset; at < content.length; at += 50_000) yield content.subarray(at, at + 50_000)
  }
  return { [Symbol.asyncIterator]: () => from(0), from }
}

const methods = (): string[] => registry.requests.map((each) => each.split(' ', 1)[0]!)
const failsWith = (code: string, text = ''): object => expect.objectContaining({ code, message: expect.stringContaining(text) })

test('a blob goes in one request after it was asked for', async () => {
  const repository = open()
  expect(await repository.beginBlob(blob)).toBe('begun')
  await repository.putBlob(blob, bytes())
  expect(registry.blobs.get(blob.digest)).toEqual(content)
  expect(methods()).toEqual(['HEAD', 'POST', 'PUT'])
  expect(registry.uploads.size).toBe(0)
})

test('what is there is not sent, what another repository has is mounted', async () => {
  registry.addBlob(content)
  expect(await open().beginBlob(blob)).toBe('exists')
  registry.faultHook = (request, response) => request.method === 'HEAD' && (refuse(response, 404, 'blob unknown'), true)
  expect(await open().beginBlob(blob, ['c/d'])).toBe('mounted')
  expect(registry.requests.at(-1)).toBe(`POST /v2/a/b/blobs/uploads/?mount=${encodeURIComponent(blob.digest)}&from=c%2Fd`)
})

test('a repository to mount from that may not be read is no reason to fail', async () => {
  registry.faultHook = (request, response) => request.url!.includes('mount=') && (refuse(response, 403, 'denied'), true)
  const repository = open()
  expect(await repository.beginBlob(blob, ['c/d'])).toBe('begun')
  await repository.putBlob(blob, bytes())
  expect(registry.blobs.has(blob.digest)).toBe(true)
})

test('a blob whose last answer gets lost is not sent again', async () => {
  const begun: number[] = []
  registry.faultHook = (request, response) => {
    if (request.method === 'PUT') response.end = () => response.destroy()
    return false
  }
  await open().putBlob(blob, bytes(begun))
  expect(begun).toEqual([0])
  expect(methods()).toEqual(['POST', 'PUT', 'GET', 'HEAD'])
})

test('an upload that is cut goes on from where it was cut', async () => {
  registry.faults.cutAfter = 120_000
  const begun: number[] = []
  await open().putBlob(blob, bytes(begun))
  expect(registry.blobs.get(blob.digest)).toEqual(content)
  expect(begun).toEqual([0, 120_000])
  expect(methods()).toEqual(['POST', 'PUT', 'GET', 'PATCH', 'PUT'])
})

test('an upload that the registry has forgotten starts again', async () => {
  let puts = 0
  registry.faultHook = (request, response) => {
    if (request.method === 'PUT' && ++puts === 1) return (refuse(response, 503, 'busy'), true)
    return request.method === 'GET' && (refuse(response, 404, 'BLOB_UPLOAD_UNKNOWN'), true)
  }
  const begun: number[] = []
  await open().putBlob(blob, bytes(begun))
  expect(registry.blobs.get(blob.digest)).toEqual(content)
  expect(begun).toContain(0)
})

test('a registry that wants no body with its PUT gets none', async () => {
  registry.faults.onlyPatch = true
  await open().putBlob(blob, bytes())
  expect(registry.blobs.get(blob.digest)).toEqual(content)
  expect(methods()).toContain('PATCH')
})

test('a registry that takes only small bodies gets the blob in pieces', async () => {
  const large = Buffer.alloc(20 * 1024 * 1024, 7)
  const descriptor = { mediaType: 'x', digest: digestOf(large), size: large.length }
  async function* from(offset: number): AsyncGenerator<Uint8Array> {
    for (let at = offset; at < large.length; at += 3_000_000) yield large.subarray(at, at + 3_000_000)
  }
  registry.faults.most = 9 * 1024 * 1024
  await open().putBlob(descriptor, { [Symbol.asyncIterator]: () => from(0), from })
  expect(registry.blobs.get(descriptor.digest)?.equals(large)).toBe(true)
  expect(methods().filter((method) => method === 'PATCH').length).toBeGreaterThanOrEqual(3)
})

test('bytes that cannot begin again are sent once', async () => {
  registry.faults.cutAfter = 10
  const once: BlobBytes = { [Symbol.asyncIterator]: () => bytes()[Symbol.asyncIterator]() }
  await expect(open().putBlob(blob, once)).rejects.toEqual(failsWith('RegistryUnreachable'))
})

test('what the source fails with is what is thrown, and nothing is stored', async () => {
  const broken: BlobBytes = {
    async *[Symbol.asyncIterator]() {
      yield content.subarray(0, 1000)
      throw Object.assign(new Error('the source is broken'), { code: 'X' })
    },
  }
  const repository = open()
  await expect(repository.putBlob(blob, broken)).rejects.toThrow(/^the source is broken$/)
  expect(registry.blobs.size).toBe(0)
  await repository.cancelUploads()
  expect(registry.uploads.size).toBe(0)
})

test.each([
  [401, 'UNAUTHORIZED', 'RegistryUnauthorized', 'wants a login for pushing'],
  [403, 'DENIED', 'RegistryUnauthorized', 'wants a login for pushing'],
  [405, 'UNSUPPORTED', 'RegistryProtocol', 'read-only'],
  [400, 'NAME_INVALID', 'ImageReferenceInvalid', 'does not accept the name a/b'],
  [404, 'NAME_UNKNOWN', 'ImageUnknown', 'no repository a/b'],
  [413, 'SIZE_INVALID', 'TooLarge', 'because of its size'],
  [429, 'TOOMANYREQUESTS', 'RegistryThrottled', 'no more requests'],
  [500, 'UNKNOWN', 'RegistryUnreachable', 'fails with status'],
])('a refusal with %i %s is told as %s', async (status, reason, code, text) => {
  registry.faultHook = (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ errors: [{ code: reason, message: 'because' }] }))
    return true
  }
  await expect(open({ retry: 1 }).putBlob(blob, bytes())).rejects.toEqual(failsWith(code, text))
})

test('a body refused half way is not sent to its end', async () => {
  let sent = 0
  registry.faultHook = (request, response) => {
    if (request.method !== 'PUT') return false
    refuse(response, 403, 'denied')
    return true
  }
  const slow: BlobBytes = {
    async *[Symbol.asyncIterator]() {
      for (; sent < content.length; sent += 1000) {
        await new Promise((resolve) => setTimeout(resolve, 5))
        yield content.subarray(sent, sent + 1000)
      }
    },
  }
  await expect(open().putBlob(blob, slow)).rejects.toEqual(failsWith('RegistryUnauthorized', 'denied'))
  expect(sent).toBeLessThan(content.length)
})

test('the login is not told to another host that takes the bytes', async () => {
  const other = await startFakeRegistry()
  const seen: (string | undefined)[] = []
  try {
    other.faultHook = (request, response) => {
      seen.push(request.headers.authorization)
      request.resume()
      request.on('end', () => response.writeHead(201, { 'content-length': 0 }).end())
      return true
    }
    registry.faultHook = (request, response) => {
      if (request.headers.authorization === undefined) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
        return true
      }
      if (request.method !== 'POST') return false
      response.writeHead(202, { location: `http://${other.name}/somewhere?sig=a%2Bb/c` }).end()
      return true
    }
    await open({ credentials: { username: 'u', password: 'p' } }).putBlob(blob, bytes())
    expect(seen).toEqual([undefined])
    expect(other.requests).toEqual([`PUT /somewhere?sig=a%2Bb/c&digest=${blob.digest}`])
  } finally {
    await other.close()
  }
})

test('one login may read and write, and a token that expires in the middle is fetched again', async () => {
  const scopes: string[][] = []
  let puts = 0
  registry.faultHook = (request, response) => {
    const url = new URL(request.url!, 'http://x')
    if (url.pathname === '/token') {
      scopes.push(url.searchParams.getAll('scope'))
      response.end(JSON.stringify({ token: `t${scopes.length}` }))
      return true
    }
    const expired = request.method === 'PUT' && ++puts === 1
    if (!expired && scopes.length > 0 && request.headers.authorization === `Bearer t${scopes.length}`) return false
    request.resume()
    const challenge = `Bearer realm="http://${registry.name}/token",service="s",scope="repository:a/b:pull"`
    response.writeHead(401, { 'www-authenticate': challenge }).end()
    return true
  }
  const repository = open()
  const [first, second] = [blob, { ...blob, digest: digestOf(Buffer.from('x')), size: 1 }]
  await Promise.all([first, second].map((each) => repository.beginBlob(each)))
  expect(scopes).toEqual([['repository:a/b:pull', 'repository:a/b:pull,push']])
  await repository.putBlob(blob, bytes())
  expect(scopes).toHaveLength(2)
  expect(registry.blobs.get(blob.digest)).toEqual(content)
})

test('a registry that sends uploads nowhere is refused', async () => {
  registry.faultHook = (request, response) => request.method === 'POST' && (response.writeHead(202).end(), true)
  await expect(open().putBlob(blob, bytes())).rejects.toEqual(failsWith('RegistryProtocol', 'where to upload'))
})

test('manifests are stored by tag, and another digest than theirs is noticed', async () => {
  const manifest = { bytes: Buffer.from('{"schemaVersion":2}'), mediaType: 'application/vnd.oci.image.manifest.v1+json' }
  const digest = digestOf(manifest.bytes)
  await open().putManifest({ ...manifest, digest }, 'v1')
  expect(registry.manifests.get('a/b/v1')).toEqual({ bytes: manifest.bytes, type: manifest.mediaType })
  registry.faultHook = (_request, response) => {
    response.writeHead(201, { 'docker-content-digest': digestOf(Buffer.from('other')) }).end()
    return true
  }
  await expect(open().putManifest({ ...manifest, digest }, 'v1')).rejects.toEqual(failsWith('DigestMismatch'))
})

test('a registry that takes an upload byte by byte is left, and named', async () => {
  const large = Buffer.alloc(16 * 1024 * 1024, 3)
  const slow: Descriptor = { mediaType: 'x', digest: digestOf(large), size: large.length }
  let began = 0
  registry.faultHook = (request) => {
    if (request.method !== 'PUT') return false
    began++
    request.pause()
    const timer = setInterval(() => request.read(1), 20)
    request.on('close', () => clearInterval(timer))
    return true
  }
  async function* all(offset: number): AsyncGenerator<Uint8Array> {
    for (let at = offset; at < large.length; at += 65_536) yield large.subarray(at, at + 65_536)
  }
  const source: BlobBytes = { [Symbol.asyncIterator]: () => all(0), from: all }
  const pushed = open({ idle: 300, retry: 1 }).putBlob(slow, source)
  await expect(pushed).rejects.toEqual(
    failsWith('RegistryUnreachable', `${registry.name} cannot be reached: it transfers less than 1 KiB`),
  )
  expect(began).toBe(2)
})

test('who gives the bytes of an upload slowly is not left', async () => {
  async function* slowly(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < 1200; at += 300) {
      yield content.subarray(at, at + 300)
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
    yield content.subarray(1200)
  }
  const pushed = open({ idle: 400, retry: 0 }).putBlob(blob, { [Symbol.asyncIterator]: slowly })
  await pushed
  expect(registry.blobs.get(blob.digest)).toEqual(content)
})
