import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import type { Descriptor } from '../image/index.ts'
import type { RegistryOptions } from './options.ts'
import type { Repository } from './client.ts'
import { type FakeRegistry, refuse, startFakeRegistry } from './fake/fake-registry.ts'
import { registryPerTest } from './testing.ts'
import { searchRegistry } from './search.ts'

let registry: FakeRegistry
const openIn = registryPerTest((started) => (registry = started))

const open = (options: RegistryOptions & { insecure?: boolean; registry?: string } = {}): Repository =>
  openIn({ retryDelay: 1, ...options }, { registry: options.registry ?? registry.name, insecure: options.insecure ?? true })

async function drain(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of source) parts.push(part)
  return Buffer.concat(parts)
}

const content = Buffer.alloc(500_000, '0123456789')
function addBlob(): Descriptor {
  return { mediaType: 'x', ...registry.addBlob(content) } as Descriptor
}

const failsWith = (code: string, text = ''): object => expect.objectContaining({ code, message: expect.stringContaining(text) })

test('manifests come by tag and by digest', async () => {
  const { digest } = registry.addManifest('a/b', 'v1', { schemaVersion: 2 })
  const repository = open()
  expect((await repository.manifest('v1')).digest).toBe(digest)
  expect((await repository.manifest(digest)).bytes.toString()).toBe('{"schemaVersion":2}')
  expect(await repository.digest('v1')).toBe(digest)
  await expect(repository.manifest('nope')).rejects.toEqual(failsWith('ImageUnknown', 'manifest unknown'))
})

test('a registry without https needs to be called insecure', async () => {
  registry.addManifest('a/b', 'v1', {})
  await expect(open({ insecure: false }).manifest('v1')).rejects.toEqual(failsWith('RegistryUnreachable', '--tls-verify=false'))
})

test('other content than the digest says is refused', async () => {
  const { digest } = registry.addManifest('a/b', 'v1', {})
  registry.faultHook = (_request, response) => {
    response.end('{"other":1}')
    return true
  }
  await expect(open().manifest(digest)).rejects.toEqual(failsWith('DigestMismatch'))
})

test('a blob that breaks off is taken up where it broke', async () => {
  const blob = addBlob()
  let cuts = 0
  registry.faultHook = (request, response, bytes) => {
    if (!bytes || ++cuts > 3) return false
    const from = Number(/bytes=(\d+)/.exec(request.headers.range ?? '')?.[1] ?? 0)
    response.writeHead(from ? 206 : 200, {
      'content-length': bytes.length - from,
      ...(from ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
    })
    response.write(bytes.subarray(from, from + 100_000), () => response.destroy())
    return true
  }
  expect(await drain(open().blob(blob))).toEqual(content)
  expect(cuts).toBeGreaterThan(3)
})

test('a server that knows no ranges is read past what is there', async () => {
  const blob = addBlob()
  registry.faultHook = (_request, response, bytes) => {
    if (!bytes) return false
    response.end(bytes)
    return true
  }
  expect(await drain(open().blob(blob, 123_456))).toEqual(content.subarray(123_456))
})

test('a size that the head gives away as wrong is refused before the body', async () => {
  const blob = addBlob()
  await expect(drain(open().blob({ ...blob, size: blob.size + 1 }))).rejects.toEqual(failsWith('SizeMismatch'))
})

test('a body that ends early again and again is refused', async () => {
  const blob = addBlob()
  registry.faultHook = (request, response, bytes) => {
    if (!bytes) return false
    const from = /(\d+)-/.exec(request.headers.range ?? '')?.[1]
    if (from) response.writeHead(206, { 'content-range': `bytes ${from}-9/9` }).end()
    else response.end(bytes.subarray(0, 1000))
    return true
  }
  await expect(drain(open({ retry: 2 }).blob(blob))).rejects.toEqual(failsWith('SizeMismatch'))
})

test('errors temporarily are tried again, others are not', async () => {
  registry.addManifest('a/b', 'v1', {})
  let failures = 0
  registry.faultHook = (_request, response) => {
    if (++failures > 2) return false
    refuse(response, failures === 1 ? 503 : 429, 'busy', { 'retry-after': '0' })
    return true
  }
  const told: string[] = []
  await open({ retry: 2, onRetry: (line) => told.push(line) }).manifest('v1')
  expect(told).toEqual([
    `Failed, retrying in 1ms ... (1/2). Error: The registry ${registry.name} answered with status 503.`,
    `Failed, retrying in 2ms ... (2/2). Error: The registry ${registry.name} answered with status 429.`,
  ])
  registry.faultHook = (_request, response) => {
    refuse(response, 429, 'slow down')
    return true
  }
  await expect(open({ retry: 0 }).manifest('v1')).rejects.toEqual(failsWith('RegistryThrottled', 'slow down'))
})

test('tokens are fetched once, used, and fetched again when they expire', async () => {
  const blob = addBlob()
  registry.addManifest('a/b', 'v1', {})
  let issued = 0
  registry.faultHook = (request, response) => {
    if (request.url?.startsWith('/token')) {
      issued++
      response.end(JSON.stringify({ token: `t${issued}` }))
      return true
    }
    if (request.headers.authorization === `Bearer t${issued}`) return false
    refuse(response, 401, 'log in', {
      'www-authenticate': `Bearer realm="http://${registry.name}/token",service="s",scope="repository:a/b:pull"`,
    })
    return true
  }
  const repository = open({ credentials: { username: 'u', password: 'p' } })
  await repository.manifest('v1')
  expect(issued).toBe(1)
  expect(registry.requests).toContain('GET /token?service=s&scope=repository%3Aa%2Fb%3Apull&account=u')
  issued = 5
  await Promise.all([drain(repository.blob(blob)), drain(repository.blob(blob)), repository.manifest('v1')])
  expect(issued).toBe(6)
})

test('a login server that is busy is asked again', async () => {
  registry.addManifest('a/b', 'v1', {})
  let asked = 0
  registry.faultHook = (request, response) => {
    if (request.url?.startsWith('/token')) {
      if (++asked < 3) refuse(response, asked === 1 ? 503 : 429, 'busy')
      else response.end('{"token":"t"}')
      return true
    }
    if (request.headers.authorization === 'Bearer t') return false
    refuse(response, 401, '', { 'www-authenticate': `Bearer realm="http://${registry.name}/token"` })
    return true
  }
  await open().manifest('v1')
  asked = -100
  await expect(open({ retry: 1 }).manifest('v1')).rejects.toEqual(failsWith('RegistryUnreachable', 'login server'))
})

test('a registry that is started again in the middle is waited for', async () => {
  registry.addManifest('a/b', 'v1', {})
  const repository = open({ retryDelay: 40 })
  await repository.manifest('v1')
  const port = Number(registry.name.split(':')[1])
  await registry.close()
  const again = http.createServer((_request, response) => response.end('{}'))
  setTimeout(() => again.listen(port, '127.0.0.1'), 60)
  try {
    expect((await repository.manifest('v1')).bytes.toString()).toBe('{}')
  } finally {
    again.closeAllConnections()
    again.close()
  }
})

test('basic logins work; wrong and missing ones are told apart', async () => {
  registry.addManifest('a/b', 'v1', {})
  registry.faultHook = (request, response) => {
    if (request.headers.authorization === `Basic ${Buffer.from('u:p').toString('base64')}`) return false
    refuse(response, 401, 'authentication required', { 'www-authenticate': 'Basic realm="x"' })
    return true
  }
  await open({ credentials: { username: 'u', password: 'p' } }).manifest('v1')
  await expect(open().manifest('v1')).rejects.toEqual(failsWith('RegistryUnauthorized', 'wants a login'))
  const wrong = open({ credentials: { username: 'u', password: 'secret-word' } }).manifest('v1')
  await expect(wrong).rejects.toEqual(failsWith('RegistryUnauthorized', 'did not accept'))
  const error = await wrong.catch((each: unknown) => each as Error)
  expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('secret-word')
})

test('redirects are followed without credentials to another host, and only so far', async () => {
  const blob = addBlob()
  const seen: (string | undefined)[] = []
  const storage = http.createServer((request, response) => {
    seen.push(request.headers.authorization)
    response.end(content)
  })
  await new Promise<void>((resolve) => storage.listen(0, '127.0.0.1', resolve))
  try {
    registry.faultHook = (request, response) => {
      if (!request.headers.authorization) refuse(response, 401, '', { 'www-authenticate': 'Basic realm="x"' })
      else response.writeHead(307, { location: `http://127.0.0.1:${(storage.address() as AddressInfo).port}/x` }).end()
      return true
    }
    expect(await drain(open({ credentials: { username: 'u', password: 'p' } }).blob(blob))).toEqual(content)
    expect(seen).toEqual([undefined])
  } finally {
    storage.closeAllConnections()
    storage.close()
  }
  registry.faultHook = (request, response) => {
    response.writeHead(302, { location: request.url }).end()
    return true
  }
  await expect(open().manifest('v1')).rejects.toEqual(failsWith('RegistryProtocol', 'circles'))
})

test('a host that the registry redirects to may not ask for its login', async () => {
  const asked: string[] = []
  const other = http.createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization ?? ''}`)
    const realm = `http://127.0.0.1:${(other.address() as AddressInfo).port}/token`
    response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end()
  })
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  try {
    registry.faultHook = (_request, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${(other.address() as AddressInfo).port}/blob` }).end()
      return true
    }
    const got = drain(open({ credentials: { username: 'u', password: 'p' } }).blob(addBlob()))
    await expect(got).rejects.toEqual(failsWith('RegistryUnauthorized'))
    expect(asked).toEqual(['/blob '])
  } finally {
    other.closeAllConnections()
    other.close()
  }
})

test('a registry that lets nobody delete is not taken for one that has deleted', async () => {
  const { digest } = registry.addManifest('a/b', 'v1', {})
  const refusing = (status: number) => (registry.faultHook = (_, response) => (refuse(response, status, 'no'), true))
  refusing(405)
  await expect(open().deleteManifest(digest as never)).rejects.toEqual(failsWith('NotSupported', 'does not let'))
  refusing(404)
  await expect(open().deleteManifest(digest as never)).rejects.toEqual(failsWith('ImageUnknown'))
})

test('an endless manifest is cut off', async () => {
  registry.faultHook = (_request, response) => {
    const more = (): void => {
      while (response.writable && response.write(content));
      response.once('drain', more)
    }
    more()
    return true
  }
  await expect(open().manifest('v1')).rejects.toEqual(failsWith('RegistryProtocol', 'more than'))
})

test('servers that drip are given up: in the head, in a manifest, in a blob', async () => {
  const blob = addBlob()
  const drip = (response: http.ServerResponse): void => {
    const timer = setInterval(() => response.write('x'), 20)
    response.on('close', () => clearInterval(timer))
  }
  registry.faultHook = () => true
  await expect(open({ idle: 60, retry: 1 }).manifest('v1')).rejects.toEqual(failsWith('RegistryUnreachable', 'timed out'))
  expect(registry.requests).toHaveLength(2)
  registry.faultHook = (_request, response) => {
    response.writeHead(200)
    drip(response)
    return true
  }
  await expect(open({ idle: 60, retry: 0 }).manifest('v1')).rejects.toEqual(failsWith('RegistryUnreachable', 'timed out'))
  await expect(drain(open({ idle: 60, retry: 1 }).blob(blob))).rejects.toEqual(failsWith('RegistryUnreachable', 'timed out'))
})

test('a registry that drips a blob after a good beginning is left, named, and taken up again where it was', async () => {
  const big = Buffer.alloc(300_000, 7)
  const blob = { mediaType: 'x', ...registry.addBlob(big) } as Descriptor
  const ranges: (string | undefined)[] = []
  registry.faultHook = (request, response, bytes) => {
    if (!bytes) return false
    ranges.push(request.headers.range)
    const at = Number(/bytes=(\d+)/.exec(request.headers.range ?? '')?.[1] ?? 0)
    response.writeHead(at ? 206 : 200, {
      'content-length': bytes.length - at,
      ...(at ? { 'content-range': `bytes ${at}-${bytes.length - 1}/${bytes.length}` } : {}),
    })
    if (at === 0) response.write(bytes.subarray(0, 100_000))
    const timer = setInterval(() => response.write('d'), 20)
    response.on('close', () => clearInterval(timer))
    return true
  }
  for (const pooled of [false, true]) {
    ranges.length = 0
    const read = async (): Promise<void> => {
      for await (const _ of open({ idle: 600, retry: 1 }).blob(blob, 0, pooled)) void _
    }
    await expect(read()).rejects.toEqual(
      failsWith('RegistryUnreachable', `${registry.name} cannot be reached: it transfers less than 1 KiB`),
    )
    expect(ranges).toHaveLength(2)
    expect(ranges[0]).toBe(undefined)
    expect(Number(/bytes=(\d+)/.exec(ranges[1]!)![1])).toBeGreaterThanOrEqual(100_000)
  }
})

test('a server that cuts after every byte is given up, however many bytes it has', async () => {
  const blob = addBlob()
  registry.faultHook = (request, response, bytes) => {
    if (!bytes) return false
    const at = Number(/bytes=(\d+)/.exec(request.headers.range ?? '')?.[1] ?? 0)
    response.writeHead(at ? 206 : 200, at ? { 'content-range': `bytes ${at}-${bytes.length - 1}/${bytes.length}` } : {})
    response.write(bytes.subarray(at, at + 1), () => response.destroy())
    return true
  }
  await expect(drain(open({ retry: 3 }).blob(blob))).rejects.toEqual(failsWith('RegistryUnreachable', 'closed'))
  expect(registry.requests).toHaveLength(4)
})

test('who reads slowly is not given up', async () => {
  const blob = addBlob()
  let seen = 0
  for await (const piece of open({ idle: 1000, retry: 0 }).blob(blob)) {
    if (seen === 0) await new Promise((resolve) => setTimeout(resolve, 1300))
    seen += piece.byteLength
  }
  expect(seen).toBe(content.length)
})

test('tags come in pages, from the registry itself only, and not for ever', async () => {
  const page = (tags: string[] | null, link?: string): void => {
    registry.faultHook = (request, response) => {
      if (request.url?.includes('last=2')) response.end(JSON.stringify({ name: 'a/b', tags: ['3'] }))
      else response.writeHead(200, link ? { link } : {}).end(JSON.stringify({ name: 'a/b', tags }))
      return true
    }
  }
  page(['1', '2'], '<https://elsewhere.example/v2/a/b/tags/list?last=2>; rel="next"')
  expect(await open().tags()).toEqual(['1', '2', '3'])
  expect(registry.requests.at(-1)).toBe('GET /v2/a/b/tags/list?last=2')
  expect(await open().tags(1)).toEqual(['1'])
  page(null)
  expect(await open().tags()).toEqual([])
  page(['1'], '</v2/a/b/tags/list>; rel="next"')
  await expect(open().tags()).rejects.toEqual(failsWith('RegistryProtocol', 'same page'))
  registry.faultHook = (_request, response) => {
    refuse(response, 404, 'repository name not known to registry')
    return true
  }
  await expect(open().tags()).rejects.toEqual(failsWith('ImageUnknown', 'a/b'))
})

test('searches use the old interface where there is one, else the catalogue', async () => {
  registry.faultHook = (request, response) => {
    if (request.url?.startsWith('/v2/_catalog'))
      response.end(JSON.stringify({ repositories: ['x/alpine', 'alpine', 'other', 'bad name'] }))
    else refuse(response, 404, 'no')
    return true
  }
  const names = async (term: string): Promise<string[]> =>
    (await searchRegistry(registry.name, true, term, 25, { retryDelay: 1 })).map(({ name }) => name)
  expect(await names('alpine')).toEqual(['alpine', 'x/alpine'])
  expect(await names('')).toEqual(['alpine', 'other', 'x/alpine'].toSorted((a) => (a === 'x/alpine' ? -1 : 1)))
  registry.faultHook = (request, response) => {
    expect(request.headers.authorization).toBeUndefined()
    response.end(
      JSON.stringify({ results: [{ name: 'alpine', description: 'a\nb', star_count: 7, is_official: true }, { name: 5 }] }),
    )
    return true
  }
  const credentials = { username: 'u', password: 'p' }
  expect(await searchRegistry(registry.name, true, 'alp', 25, { credentials })).toEqual([
    { name: 'alpine', description: 'a b', stars: 7, official: true, automated: false },
  ])
  expect(registry.requests.at(-1)).toBe('GET /v1/search?q=alp&n=25')
})

test('a pull can be cancelled while it waits', async () => {
  registry.faultHook = () => true
  await expect(open({ signal: AbortSignal.timeout(30) }).manifest('v1')).rejects.toEqual(failsWith('Cancelled'))
})

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-certificates-'))
  const make = (name: string, days: string[]): void => {
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-subj',
        `/CN=${name}`,
        '-addext',
        'subjectAltName=IP:127.0.0.1',
        '-keyout',
        join(folder, `${name}.key`),
        '-out',
        join(folder, `${name}.pem`),
        ...days,
      ],
      { stdio: 'ignore' },
    )
  }
  make('good', ['-days', '2'])
  make('old', ['-not_before', '20200101000000Z', '-not_after', '20200201000000Z'])
})
afterAll(() => rmSync(folder, { recursive: true }))

async function withTls(name: string, work: (secure: FakeRegistry) => Promise<void>): Promise<void> {
  const secure = await startFakeRegistry({
    key: readFileSync(join(folder, `${name}.key`), 'utf8'),
    cert: readFileSync(join(folder, `${name}.pem`), 'utf8'),
  })
  secure.addManifest('a/b', 'v1', {})
  try {
    await work(secure)
  } finally {
    await secure.close()
  }
}

test('unknown and expired certificates are refused by name, known ones are taken', async () => {
  await withTls('good', async (secure) => {
    await expect(open({ registry: secure.name, insecure: false }).manifest('v1')).rejects.toEqual(
      failsWith('RegistryCertificate', 'certs.d'),
    )
    await open({ registry: secure.name, insecure: true }).manifest('v1')
    const certDir = mkdtempSync(join(folder, 'ca-'))
    writeFileSync(join(certDir, 'ca.crt'), readFileSync(join(folder, 'good.pem')))
    await open({ registry: secure.name, insecure: false, certDir }).manifest('v1')
    // A folder that is not there holds none, and is no failure: that is how other tools take it.
    await open({ registry: secure.name, insecure: true, certDir: join(folder, 'nowhere') }).manifest('v1')
    await expect(
      open({ registry: secure.name, insecure: true, certDir: join(folder, 'good.pem') }).manifest('v1'),
    ).rejects.toEqual(failsWith('InvalidArgument', 'is no folder'))
  })
  await withTls('old', async (secure) => {
    const certDir = mkdtempSync(join(folder, 'ca-'))
    writeFileSync(join(certDir, 'ca.crt'), readFileSync(join(folder, 'old.pem')))
    await expect(open({ registry: secure.name, insecure: false, certDir }).manifest('v1')).rejects.toEqual(
      failsWith('RegistryCertificate', 'expired'),
    )
  })
})

test('a client certificate is shown to a registry that asks for one', async () => {
  const own = readFileSync(join(folder, 'good.pem'))
  const key = readFileSync(join(folder, 'good.key'))
  const tls = { key: key.toString(), cert: own.toString(), requestCert: true, rejectUnauthorized: true, ca: own }
  const secure = await startFakeRegistry(tls)
  secure.addManifest('a/b', 'v1', {})
  try {
    const certDir = mkdtempSync(join(folder, 'client-'))
    writeFileSync(join(certDir, 'ca.crt'), own)
    await expect(open({ registry: secure.name, insecure: false, certDir, retry: 0 }).manifest('v1')).rejects.toMatchObject({
      code: expect.stringMatching(/^Registry/),
    })
    writeFileSync(join(certDir, 'me.cert'), own)
    await expect(open({ registry: secure.name, insecure: false, certDir }).manifest('v1')).rejects.toEqual(
      failsWith('InvalidArgument', 'has no key me.key'),
    )
    writeFileSync(join(certDir, 'me.key'), key)
    await open({ registry: secure.name, insecure: false, certDir }).manifest('v1')
  } finally {
    await secure.close()
  }
})

test('a redirect from https to http is refused', async () => {
  await withTls('good', async (secure) => {
    secure.faultHook = (_request, response) => {
      response.writeHead(302, { location: `http://${registry.name}/x` }).end()
      return true
    }
    await expect(open({ registry: secure.name }).manifest('v1')).rejects.toEqual(failsWith('RegistryProtocol', 'https to http'))
    expect(registry.requests).toEqual([])
  })
})

test('nothing listening and unknown hosts are told apart', async () => {
  await expect(open({ registry: '127.0.0.1:1', insecure: false }).manifest('v1')).rejects.toEqual(
    failsWith('RegistryUnreachable', 'connection refused'),
  )
})
