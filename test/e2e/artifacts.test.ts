import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { startFakeRegistry } from '../../engine/registry/fake/fake-registry.ts'
import { anyone, type Berth, berthAs, clear } from '../support/berth.ts'
import { must } from '../support/processes.ts'

const stage = inject('stage')
const empty = 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'

describe.each(anyone)('artifacts as %s', (name) => {
  const berth = berthAs(name)
  const repository = (what: string) => `${stage.registry}/${name}-artifacts/${what}`
  let folder = ''
  const file = (title: string) => join(folder, title)
  beforeAll(async () => {
    folder = await scratch(berth)
    writeFileSync(file('t.txt'), 'text\n')
    writeFileSync(file('bin'), Buffer.from([97, 0, 98]))
    writeFileSync(file('large'), Buffer.alloc(3_000_000, 'abc'))
  })
  afterEach(() => berth.try(['artifact', 'rm', '-a']))
  afterAll(async () => {
    await clear(berth)
    rmSync(folder, { recursive: true, force: true })
  })

  test('an artifact has the digest that podman gives it', async () => {
    // Podman 5.4.2: `artifact add one:latest t.txt` with the same content.
    const hex = '3d15211f84e2be81c1465c46c89a4a27390661321ea76845f44e658593ae834d'
    expect(await berth('artifact', 'add', 'one', file('t.txt'))).toBe(hex)
    expect(await berth('artifact', 'ls')).toMatch(/^REPOSITORY +TAG +DIGEST +SIZE\none +latest +3d15211f84e2 +5B$/)
    expect(await berth.json('artifact', 'inspect', 'one')).toEqual({
      Manifest: {
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: empty, size: 2, data: 'e30=' },
        layers: [
          {
            mediaType: 'text/plain; charset=utf-8',
            digest: 'sha256:b9e68e1bea3e5b19ca6b2f98b73a54b73daafaa250484902e09982e07a12e733',
            size: 5,
            annotations: { 'org.opencontainers.image.title': 't.txt' },
          },
        ],
      },
      Name: 'one:latest',
      Digest: `sha256:${hex}`,
    })
    expect(await berth('artifact', 'rm', hex.slice(0, 12))).toBe(hex)
    expect(await berth('artifact', 'ls', '-n')).toBe('')
    expect(blobsOf(berth)).toEqual([])
  })

  test('files are added together and later, and extracted', async () => {
    await berth(
      'artifact',
      'add',
      '--type',
      'application/vnd.x',
      '--annotation',
      'b=2',
      '--annotation',
      'a=1',
      'x/y:1',
      file('t.txt'),
      file('bin'),
    )
    await berth('artifact', 'add', '--append', '--file-type', 'application/large', 'x/y:1', file('large'))
    const { Manifest } = await berth.json('artifact', 'inspect', 'x/y:1')
    expect(Manifest.artifactType).toBe('application/vnd.x')
    expect(Manifest.layers.map((layer: { mediaType: string }) => layer.mediaType)).toEqual([
      'text/plain; charset=utf-8',
      'application/octet-stream',
      'application/large',
    ])
    expect(Manifest.layers[1].annotations).toEqual({ a: '1', b: '2', 'org.opencontainers.image.title': 'bin' })
    const out = file('out')
    await must('install', ['-d', '-o', String(berth.user.uid), out])
    await berth('artifact', 'extract', 'x/y:1', out)
    expect(readdirSync(out).toSorted()).toEqual(['bin', 'large', 't.txt'])
    expect(readFileSync(join(out, 'large')).equals(readFileSync(file('large')))).toBe(true)
    await berth('artifact', 'extract', '--title', 'bin', 'x/y:1', file('single'))
    expect(readFileSync(file('single'))).toEqual(readFileSync(file('bin')))
    await berth('artifact', 'extract', '--digest', Manifest.layers[0].digest, 'x/y:1', out)
    expect(readFileSync(join(out, Manifest.layers[0].digest.replace(':', '-')), 'utf8')).toBe('text\n')
    const whole = await berth.try(['artifact', 'extract', 'x/y:1', file('nothing')])
    expect(whole).toMatchObject({ code: 125 })
    expect(whole.stderr).toContain('is not a directory and neither digest or title was specified')
  })

  test('what cannot be is refused with a message', async () => {
    await berth('artifact', 'add', 'x/z:1', file('t.txt'))
    const refused = async (...args: string[]) => {
      const { code, stderr, stdout } = await berth.try(['artifact', ...args])
      expect({ code, stdout }, args.join(' ')).toEqual({ code: 125, stdout: '' })
      return stderr
    }
    expect(await refused('add', 'x/z:1', file('bin'))).toContain('artifact x/z:1 already exists')
    expect(await refused('add', '-a', 'x/z:1', file('t.txt'))).toContain('file already exists in artifact')
    expect(await refused('add', '-a', '--type', 'a/b', 'x/z:1', file('bin'))).toContain('not compatible with type')
    expect(await refused('add', 'x/w:1', file('none'))).toContain('no such file or directory')
    expect(await refused('add', '--annotation', 'novalue', 'x/w:1', file('bin'))).toContain(
      'no value given for annotation "novalue"',
    )
    expect(await refused('add', '--annotation', 'org.opencontainers.image.title=y', 'x/w:1', file('bin'))).toContain(
      'cannot override filename',
    )
    expect(await refused('add', 'Upper', file('bin'))).toContain('lower case')
    for (const verb of ['inspect', 'rm', 'push'])
      expect(await refused(verb, 'nope')).toContain('no artifact found with name or digest of nope')
    expect(await refused('extract', '--title', 'no', 'x/z:1', folder)).toContain('no blob with the title "no"')
    expect(await berth('artifact', 'ls', '-n', '--format', '{{.Repository}}')).toBe('x/z')
  })

  test('an artifact goes to a registry and comes back, byte for byte', async () => {
    const digest = await berth('artifact', 'add', '--type', 'application/vnd.x', repository('a'), file('t.txt'), file('large'))
    const written = file('digest')
    const pushed = await berth.try(['artifact', 'push', '--digestfile', written, repository('a')])
    expect(pushed).toMatchObject({ code: 0, stdout: '' })
    expect(pushed.stderr).toContain('Writing manifest to image destination')
    expect(readFileSync(written, 'utf8')).toBe(`sha256:${digest}`)
    await berth('artifact', 'rm', repository('a'))
    await berth('artifact', 'pull', '-q', repository('a'))
    expect((await berth.json('artifact', 'inspect', repository('a'))).Digest).toBe(`sha256:${digest}`)
    const image = await berth.try(['pull', repository('a')])
    expect(image.code).toBe(125)
    expect(image.stderr).toContain('it is an artifact and not a container image')
    // Nothing that artifacts need goes with images.
    await berth('image', 'prune', '-a', '-f')
    await berth('artifact', 'extract', '--title', 'large', repository('a'), file('again'))
    expect(readFileSync(file('again')).equals(readFileSync(file('large')))).toBe(true)
    expect(await berth.try(['system', 'check'])).toMatchObject({ code: 0 })
    for (const verb of ['pull', 'push']) {
      const strict = await berth.try(['artifact', verb, '-q', '--tls-verify', repository('a')])
      expect(strict).toMatchObject({ code: 125, stderr: expect.stringContaining('does not speak https') })
      const asked = await berth.try(['artifact', verb, '-q', '--creds', 'somebody', repository('a')])
      expect(asked).toMatchObject({ code: 125, stderr: expect.stringContaining('reading password') })
    }
    const absent = await berth.try(['artifact', 'pull', '-q', repository('absent')])
    expect(absent.code).toBe(125)
    expect(absent.stderr).toContain('manifest unknown')
  })
})

describe('artifacts from a registry that misbehaves', () => {
  const berth = berthAs('root')
  afterEach(() => berth.try(['artifact', 'rm', '-a']))

  test('wrong content is refused by name, and nothing of it stays', async () => {
    const registry = await startFakeRegistry()
    try {
      const content = Buffer.from('what it should be')
      const layer = registry.addBlob(content)
      const config = registry.addBlob(Buffer.from('{}'))
      registry.addManifest('a/b', '1', {
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        artifactType: 'application/vnd.x',
        config: { mediaType: 'application/vnd.oci.empty.v1+json', ...config },
        layers: [{ mediaType: 'text/plain', ...layer }],
      })
      registry.faultHook = (request, response) => {
        if (!request.url?.includes(layer.digest)) return false
        response.end(Buffer.alloc(layer.size, 'x'))
        return true
      }
      const wrong = await berth.try(['artifact', 'pull', '-q', '--tls-verify=false', '--retry', '0', `${registry.name}/a/b:1`])
      expect(wrong.code).toBe(125)
      expect(wrong.stderr).toContain(layer.digest)
      expect(await berth('artifact', 'ls', '-n')).toBe('')
      expect(blobsOf(berth)).toEqual([])
    } finally {
      await registry.close()
    }
  })
})

function blobsOf(berth: Berth): string[] {
  return readdirSync(join(berth.store, 'blobs/sha256'))
}

/** A folder that the user can write to. */
async function scratch(berth: Berth): Promise<string> {
  const folder = join(stage.folder, `artifacts-${berth.user.name}`)
  mkdirSync(folder, { recursive: true })
  await must('chown', [`${berth.user.uid}:${berth.user.gid}`, folder])
  return folder
}
