import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { startFakeRegistry } from '../../engine/registry/fake/fake-registry.ts'
import { anyone, type Berth, berthAs, clear, pullImages } from '../support/berth.ts'
import { must } from '../support/processes.ts'

const stage = inject('stage')
const { images, secure } = stage
const ociManifest = 'application/vnd.oci.image.manifest.v1+json'
const dockerManifest = 'application/vnd.docker.distribution.manifest.v2+json'

describe.each(anyone)('push as %s', (name) => {
  const berth = berthAs(name)
  // What one test pushes must not be there already for the next user.
  const repository = (what: string) => `${stage.registry}/${name}/${what}`
  let folder = ''
  beforeAll(async () => {
    folder = (await berth.try(['info'])).code === 0 ? await scratch(berth) : ''
    await pullImages(berth, images.layers, images.zstd)
  })
  afterEach(() => clear(berth, false))
  afterAll(async () => {
    await clear(berth)
    rmSync(folder, { recursive: true, force: true })
  })

  test('an image that was pulled arrives under its digest, for others too', async () => {
    const digest = await digestAt(images.layers)
    const file = join(folder, 'digest')
    const pushed = await berth.try(['push', '--digestfile', file, images.layers, `${repository('same')}:1`])
    expect(pushed).toMatchObject({ code: 0, stdout: '' })
    expect(
      pushed.stderr
        .trim()
        .split('\n')
        .map((line) => line.replace(/sha256:[0-9a-f]{64}/, 'D')),
    ).toEqual([
      'Getting image source signatures',
      ...Array.from({ length: 3 }, () => 'Copying blob D'),
      'Copying config D',
      'Writing manifest to image destination',
    ])
    expect(readFileSync(file, 'utf8')).toBe(digest)
    expect(await digestAt(`${repository('same')}:1`)).toBe(digest)
    const plain = ['--plain-http', `${repository('same')}:1`]
    expect(JSON.parse(await must('oras', ['manifest', 'fetch', '--descriptor', ...plain]))).toMatchObject({ digest })
    expect(await berth.try(['push', '-q', images.layers, `docker://${repository('same')}:2`])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    })
    const [event] = (await berth('events', '--stream=false', '--filter', 'event=push', '--format', 'json')).split('\n').slice(-1)
    expect(JSON.parse(event!)).toMatchObject({ Status: 'push', Type: 'image', Name: `docker://${repository('same')}:2` })
  })

  test('nothing is sent twice, nor what another repository has', async () => {
    const counter = await counting(stage.registry)
    const to = (what: string) => ['push', '-q', '--tls-verify=false', images.layers, `${counter.host}/${name}/${what}`]
    try {
      await berth(...to('first:1'))
      const first = counter.take()
      await berth(...to('first:2'))
      expect(counter.take()).toBeLessThan(10_000)
      await berth('tag', images.layers, `${counter.host}/${name}/first:1`)
      await berth(...to('second:1'))
      const second = counter.take()
      expect(first).toBeGreaterThan(100_000)
      expect(second).toBeLessThan(10_000)
      await berth('rmi', `${counter.host}/${name}/first:1`)
    } finally {
      await counter.close()
    }
  })

  test('in another format and another compression', async () => {
    await berth('push', '-q', '--format', 'v2s2', images.layers, `${repository('docker')}:1`)
    expect(await typesAt(`${repository('docker')}:1`)).toEqual([dockerManifest, expect.stringMatching(/diff\.tar\.gzip$/)])
    await berth('push', '-q', '--compression-format', 'zstd', images.layers, `${repository('zstd')}:1`)
    expect(await typesAt(`${repository('zstd')}:1`)).toEqual([ociManifest, expect.stringMatching(/tar\+zstd$/)])
    await berth('push', '-q', '--compression-format', 'gzip', images.zstd, `${repository('gzip')}:1`)
    expect(await typesAt(`${repository('gzip')}:1`)).toEqual([ociManifest, expect.stringMatching(/tar\+gzip$/)])
    await berth('push', '-q', '--compression-format', 'zstd:chunked', images.layers, `${repository('chunked')}:1`)
    expect(await typesAt(`${repository('chunked')}:1`)).toEqual([ociManifest, expect.stringMatching(/tar\+zstd$/)])
    for (const format of ['zstd', 'chunked']) {
      expect(await berth('run', '--rm', '--pull=always', `${repository(format)}:1`, 'cat', '/data/kept')).toBe('kept')
      await berth('rmi', '-f', `${repository(format)}:1`)
    }
    await pullImages(berth, images.layers)
    for (const [flags, text] of [
      [['--format', 'v2s1'], /schema 1/],
      [['--format', 'strange'], /unknown format "strange"/],
      [['--compression-format', 'lz'], /cannot find compressor for "lz"/],
      [['--compression-format', 'zstd:chunked', '--format', 'v2s2'], /knows no zstd/],
      [['--format', 'v2s2', '--compression-format', 'zstd'], /knows no zstd/],
      [['--compression-format', 'zstd', '--compression-level', '99'], /level 99/],
      [['--encrypt-layer', '0'], /does not encrypt/],
    ] as const) {
      const refused = await berth.try(['push', ...flags, images.layers, `${repository('never')}:1`])
      expect(refused.code).toBe(125)
      expect(refused.stderr).toMatch(text)
    }
  })

  test('over TLS with a password, which nobody sees', async () => {
    const trust = ['--cert-dir', dirname(secure.certificate)]
    const to = `${secure.host}/${name}/app:1`
    const anonymous = await berth.try(['push', ...trust, images.layers, to])
    expect(anonymous.code).toBe(125)
    expect(anonymous.stderr).toMatch(/wants a login for pushing/)
    const wrong = await berth.try(['push', ...trust, '--creds', `${secure.name}:a wrong one`, images.layers, to])
    expect(wrong.code).toBe(125)
    expect(wrong.stderr).toMatch(/denied the push/)
    expect(wrong.stderr).not.toContain('a wrong one')
    await berth('push', '-q', ...trust, '--creds', `${secure.name}:${secure.password}`, images.layers, to)
    const asked = ['--creds', `${secure.name}:${secure.password}`, ...trust, `docker://${to}`]
    expect(await must('skopeo', ['inspect', '--format', '{{.Digest}}', ...asked])).toBe(`${await digestAt(images.layers)}\n`)
    const untrusted = await berth.try(['push', '--creds', `${secure.name}:${secure.password}`, images.layers, to])
    expect(untrusted.code).toBe(125)
    expect(untrusted.stderr).toMatch(/certificate/)
  })

  test('to folders, as skopeo reads them', async () => {
    const digest = await digestAt(images.layers)
    for (const place of [`dir:${join(folder, 'dir')}`, `oci:${join(folder, 'layout')}:some:name`]) {
      await berth('push', '-q', images.layers, place)
      expect(await must('skopeo', ['inspect', '--format', '{{.Digest}}', place])).toBe(`${digest}\n`)
    }
    await berth('push', '-q', '--compression-format', 'zstd', images.layers, `dir:${join(folder, 'dir')}`)
    const again = JSON.parse(await must('skopeo', ['inspect', `dir:${join(folder, 'dir')}`]))
    expect(again.LayersData[0].MIMEType).toMatch(/zstd$/)
    const refused = await berth.try(['push', images.layers, `dir:${folder}`])
    expect(refused.code).toBe(125)
    expect(refused.stderr).toContain("don't want to overwrite important data")
  })

  test('to a docker-archive under the name it was called by, beside the one it gets there', async () => {
    const namesIn = async (file: string) =>
      JSON.parse(await must('tar', ['-xOf', join(folder, file), 'manifest.json']))[0].RepoTags
    await berth('tag', images.layers, 'other:2')
    const id = await berth('image', 'inspect', '--format', '{{.Id}}', images.layers)
    await berth('push', '-q', 'other:2', `docker-archive:${join(folder, 'own.tar')}`)
    expect(await namesIn('own.tar')).toEqual(['localhost/other:2'])
    await berth('push', '-q', images.layers, `docker-archive:${join(folder, 'both.tar')}:x:y`)
    expect(await namesIn('both.tar')).toEqual(['docker.io/library/x:y', images.layers])
    await berth('push', '-q', id, `docker-archive:${join(folder, 'none.tar')}`)
    expect(await namesIn('none.tar')).toEqual([])
    await berth('untag', images.layers, 'other:2')
  })

  test('--tls-verify holds against the configuration, a login is asked for, and what is missing is said first', async () => {
    const push = async (...more: string[]) => {
      const { code, stdout, stderr } = await berth.try(['push', ...more, images.layers, `${repository('flags')}:1`])
      return { code, stdout, stderr: stderr.trim().split('\n') }
    }
    expect(await push('-q', '--tls-verify=true')).toEqual({
      code: 125,
      stdout: '',
      stderr: [expect.stringContaining('does not speak https')],
    })
    expect(await push('--creds', 'somebody')).toEqual({
      code: 125,
      stdout: 'Password: \n',
      stderr: [expect.stringContaining('reading password')],
    })
    expect(await push('--authfile', join(folder, 'absent.json'))).toEqual({
      code: 125,
      stdout: '',
      stderr: [`Error: credential file is not accessible: faccessat ${join(folder, 'absent.json')}: no such file or directory`],
    })
    // As with podman, no folder, no certificates.
    expect(await push('-q', '--cert-dir', join(folder, 'absent'))).toEqual({ code: 0, stdout: '', stderr: [''] })
  })

  test('an upload goes to the registry that its name says, whatever other location that is read from', async () => {
    const conf = join(folder, 'moved.conf')
    const moved = `[[registry]]\nprefix = "127.0.0.1:1/moved"\nlocation = "${stage.registry}/${name}"\ninsecure = true\n`
    writeFileSync(conf, `${moved}[[registry]]\nlocation = "${stage.registry}"\ninsecure = true\n`)
    const env = { CONTAINERS_REGISTRIES_CONF: conf }
    await berth('push', '-q', images.layers, `${repository('here')}:1`)
    expect(await berth.try(['pull', '-q', '127.0.0.1:1/moved/here:1'], { env })).toMatchObject({ code: 0 })
    const pushed = await berth.try(['push', '-q', images.layers, '127.0.0.1:1/moved/there:1'], { env })
    expect(pushed).toMatchObject({ code: 125, stderr: expect.stringContaining('127.0.0.1:1 cannot be reached') })
    await berth('untag', images.layers, '127.0.0.1:1/moved/here:1')
  })

  test('an upload that is cut goes on, and one that is refused says why', async () => {
    const fake = await startFakeRegistry()
    const push = (...more: string[]) =>
      berth.try(['push', '-q', '--tls-verify=false', '--retry-delay', '10ms', ...more, images.layers, `${fake.name}/x/y:z`])
    try {
      fake.faults.cutAfter = 100_000
      expect(await push()).toMatchObject({ code: 0, stderr: '' })
      expect(fake.faults.cutAfter).toBeUndefined()
      expect(fake.requests.some((each) => each.startsWith('PATCH'))).toBe(true)
      expect(fake.manifests.has(`x/y/${await digestAt(images.layers)}`)).toBe(true)
      fake.faultHook = (request, response) => {
        if (request.method !== 'PUT') return false
        request.resume()
        response.writeHead(405).end(JSON.stringify({ errors: [{ code: 'UNSUPPORTED', message: 'a mirror' }] }))
        return true
      }
      const refused = await push()
      expect(refused.code).toBe(125)
      expect(refused.stderr).toMatch(/read-only.*a mirror/)
    } finally {
      await fake.close()
    }
    const gone = await push('--retry', '0')
    expect(gone.code).toBe(125)
    expect(gone.stderr).toMatch(/connection refused/)
  })

  test('what cannot be pushed', async () => {
    const absent = await berth.try(['push', 'nothing:1', `${repository('never')}:1`])
    expect(absent).toMatchObject({ code: 125, stderr: 'Error: nothing:1: image not known\n' })
    for (const place of ['foo:bar:baz', `${stage.registry}/UPPER:1`, 'oci:', 'ostree:x', 'dir:']) {
      const refused = await berth.try(['push', images.layers, place])
      expect(refused.code, place).toBe(125)
      expect(refused.stderr, place).toMatch(/^Error: .+/)
    }
    const nowhere = await berth.try([
      'push',
      '-q',
      '--digestfile',
      join(folder, 'no/such/file'),
      images.layers,
      `${repository('df')}:1`,
    ])
    expect(nowhere.code).toBe(125)
    expect(nowhere.stderr).toContain('no such file or directory')
  })
})

/** A folder of that user's own. */
async function scratch(berth: Berth): Promise<string> {
  const folder = join(stage.folder, `push-${berth.user.name}`)
  mkdirSync(folder, { mode: 0o755 })
  writeFileSync(join(folder, 'precious'), '')
  await must('chown', ['-R', `${berth.user.uid}:${berth.user.gid}`, folder])
  return folder
}

async function digestAt(image: string): Promise<string> {
  return (await must('skopeo', ['inspect', '--tls-verify=false', '--format', '{{.Digest}}', `docker://${image}`])).trim()
}

/** The types of a manifest and of its last layer. */
async function typesAt(image: string): Promise<string[]> {
  const { mediaType, layers } = JSON.parse(await must('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${image}`]))
  return [mediaType, layers.at(-1).mediaType]
}

/** A way to a registry that counts the bytes it is sent. */
async function counting(host: string): Promise<{ host: string; take(): number; close(): Promise<void> }> {
  let bytes = 0
  const port = Number(host.split(':')[1])
  const server = createServer((client) => {
    const registry = connect(port, '127.0.0.1')
    client.on('data', (data) => (bytes += data.length))
    client.on('error', () => registry.destroy())
    registry.on('error', () => client.destroy())
    client.pipe(registry).pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const taken = bytes
      bytes = 0
      return taken
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
