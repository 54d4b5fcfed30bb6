import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, type Berth, berthAs, clear, pullImages } from '../support/berth.ts'
import { must } from '../support/processes.ts'

const stage = inject('stage')
const { images } = stage
const ociIndex = 'application/vnd.oci.image.index.v1+json'
const dockerList = 'application/vnd.docker.distribution.manifest.list.v2+json'

describe.each(anyone)('manifest lists as %s', (name) => {
  const berth = berthAs(name)
  const repository = (what: string) => `${stage.registry}/${name}/${what}`
  let folder = ''
  let digest = ''
  beforeAll(async () => {
    await pullImages(berth, images.busybox, images.layers)
    folder = await scratch(berth)
    digest = await berth('image', 'inspect', '--format', '{{.Digest}}', images.layers)
  })
  afterEach(async () => {
    const lists = (await berth('images', '-q', '--no-trunc', '--filter', 'manifest=true')).split('\n').filter(Boolean)
    if (lists.length > 0) await berth('manifest', 'rm', ...lists.map((id) => id.replace('sha256:', '')))
  })
  afterAll(async () => {
    await clear(berth)
    rmSync(folder, { recursive: true, force: true })
  })

  test('an empty list is made, shown, found and removed', async () => {
    const id = await berth('manifest', 'create', 'empty')
    expect(id).toMatch(/^[0-9a-f]{64}$/)
    expect(await berth('manifest', 'inspect', 'empty')).toBe(
      `{\n    "schemaVersion": 2,\n    "mediaType": "${dockerList}",\n    "manifests": null\n}`,
    )
    expect(await berth.try(['manifest', 'exists', 'empty'])).toMatchObject({ code: 0, stdout: '' })
    expect(await berth.try(['manifest', 'exists', 'none'])).toMatchObject({ code: 1, stdout: '' })
    const again = await berth.try(['manifest', 'create', 'empty'])
    expect(again).toMatchObject({ code: 125, stdout: '' })
    expect(again.stderr).toContain(`image name "localhost/empty:latest" is already associated with image "${id}"`)
    expect(await berth('manifest', 'create', '--amend', 'empty')).toBe(id)
    expect(await berth('manifest', 'rm', 'empty')).toBe(`Untagged: localhost/empty:latest\nDeleted: ${id}`)
    expect(await berth.try(['manifest', 'rm', 'empty'])).toMatchObject({ code: 1, stderr: 'Error: empty: image not known\n' })
    expect(await berth.try(['manifest', 'rm', '-i', 'empty'])).toMatchObject({ code: 0, stdout: '', stderr: '' })
  })

  test('images are added by name, id, digest and from a registry, annotated and taken out', async () => {
    const id = await berth('manifest', 'create', 'list', images.layers)
    await berth(
      'manifest',
      'add',
      '--arch',
      'arm64',
      '--variant',
      'v8',
      '--os-version',
      '9',
      '--annotation',
      'k=<v>',
      'list',
      images.busybox,
    )
    const other = await berth('image', 'inspect', '--format', '{{.Digest}}', images.busybox)
    await berth('manifest', 'annotate', '--index', '--annotation', 'b=2', '--annotation', 'a=1', 'list')
    await berth('manifest', 'annotate', '--variant', 'v3', 'list', images.layers)
    const mediaType = 'application/vnd.oci.image.manifest.v1+json'
    expect(await berth.json('manifest', 'inspect', 'list')).toEqual({
      schemaVersion: 2,
      mediaType: ociIndex,
      manifests: [
        expect.objectContaining({ mediaType, digest, platform: { architecture: 'amd64', os: 'linux', variant: 'v3' } }),
        expect.objectContaining({
          digest: other,
          platform: { architecture: 'arm64', os: 'linux', 'os.version': '9', variant: 'v8' },
          annotations: { k: '<v>' },
        }),
      ],
      annotations: { a: '1', b: '2' },
    })
    const imageId = await berth('image', 'inspect', '--format', '{{.Id}}', images.layers)
    const names = [
      imageId.slice(0, 12),
      `${images.layers.replace(/:[^:/]*$/, '')}@${digest}`,
      `docker://${images.layers}`,
      `containers-storage:${imageId}`,
    ]
    for (const each of names) {
      await berth('manifest', 'create', 'same', each)
      expect((await berth.json('manifest', 'inspect', 'same')).manifests[0].digest, each).toBe(digest)
      await berth('manifest', 'rm', 'same')
    }
    expect(await berth('manifest', 'remove', 'list', digest)).toBe(id)
    expect((await berth.json('manifest', 'inspect', 'list')).manifests).toHaveLength(1)
    const absent = await berth.try(['manifest', 'remove', 'list', digest])
    expect(absent.code).toBe(125)
    expect(absent.stderr).toContain(`no instance matching digest "${digest}" found in manifest list`)
  })

  test('what cannot be is refused with a message, and leaves nothing', async () => {
    const refused = async (...args: string[]) => {
      const { code, stderr } = await berth.try(args)
      expect(code, args.join(' ')).toBe(125)
      return stderr
    }
    expect(await refused('manifest', 'create', 'Upper')).toContain('lower case')
    expect(await refused('manifest', 'create', 'x', `${stage.registry}/no/such:1`)).toContain('image not known')
    expect(await berth.try(['manifest', 'exists', 'x'])).toMatchObject({ code: 1 })
    expect(await refused('manifest', 'add', images.layers, images.busybox)).toContain('image is not a manifest list')
    expect(await refused('manifest', 'exists', images.layers)).toContain('image is not a manifest list')
    expect(await refused('manifest', 'create', images.layers)).toContain('already associated')
    expect(await refused('manifest', 'create', 'x', '--annotation', 'novalue')).toContain('key=value')
    await berth('manifest', 'create', 'x')
    expect(await refused('manifest', 'remove', 'x', 'sha256:12')).toContain('invalid image digest "sha256:12"')
    expect(await refused('manifest', 'annotate', 'x', 'nobody', '--arch', 'arm')).toContain('finding instance for "nobody"')
    expect(await refused('manifest', 'add', '--artifact-type', 'a/b', 'x', 'f')).toContain('--artifact-type requires --artifact')
    expect(await refused('manifest', 'push', '--format', 'v3', 'x', repository('x'))).toContain('unknown format "v3"')
  })

  test('a list’s name stands for its image of this platform, and it is listed, tagged and removed as a list', async () => {
    const id = await berth('manifest', 'create', 'runs', images.layers)
    expect(await berth('run', '--rm', 'runs', 'cat', '/data/kept')).toBe('kept')
    expect(await berth('image', 'inspect', '--format', '{{.Digest}}', 'runs')).toBe(digest)
    expect(await berth('history', '-q', 'runs')).not.toBe('')
    await berth('tag', 'runs', 'also:1')
    expect(await berth('images', '--format', '{{.Repository}}:{{.Tag}} {{.ID}}', '--filter', 'manifest=true')).toContain(
      `localhost/also:1 ${id.slice(0, 12)}`,
    )
    await berth('rmi', 'also:1')
    await berth('rmi', images.busybox)
    await berth('pull', '-q', images.busybox)
    await berth('manifest', 'create', 'elsewhere', images.busybox)
    const { manifests } = await berth.json('manifest', 'inspect', 'elsewhere')
    await berth('manifest', 'annotate', '--arch', 'riscv64', 'elsewhere', manifests[0].digest)
    const foreign = await berth.try(['image', 'inspect', 'elsewhere'])
    expect(foreign.code).toBe(125)
    expect(foreign.stderr).toContain('no image found in image index for architecture "amd64"')
  })

  test('a list is pushed with its images and artifacts, under the digest it has here', async () => {
    writeFileSync(join(folder, 'note.txt'), 'a note\n')
    await berth('manifest', 'create', 'whole', images.layers)
    await berth('manifest', 'add', '--all', 'whole', `docker://${images.busybox}`)
    await berth('manifest', 'add', '--artifact', '--artifact-type', 'application/vnd.note', 'whole', join(folder, 'note.txt'))
    // The file itself may go: the list has its content.
    rmSync(join(folder, 'note.txt'))
    const file = join(folder, 'digest')
    const pushed = await berth.try(['manifest', 'push', '--digestfile', file, 'whole', `docker://${repository('whole')}:1`])
    expect(pushed).toMatchObject({ code: 0, stdout: '' })
    expect(pushed.stderr).toContain('Copying 3 images generated from 3 images in list')
    const at = await remoteIndex(`${name}/whole`, '1')
    expect(at.digest).toBe(await must('cat', [file]))
    const { manifests } = await berth.json('manifest', 'inspect', 'whole')
    expect(at.index.manifests.map((each: { digest: string }) => each.digest)).toEqual(
      manifests.map((each: { digest: string }) => each.digest),
    )
    const shown = await berth.json('manifest', 'inspect', `${repository('whole')}:1`)
    expect(shown.manifests[2]).toMatchObject({ artifactType: 'application/vnd.note' })
    await berth('manifest', 'push', '-q', '--rm', 'whole', `oci:${join(folder, 'layout')}:all`)
    expect(await berth.try(['manifest', 'exists', 'whole'])).toMatchObject({ code: 1 })
    const docker = await berth.try(['manifest', 'inspect', `oci:${join(folder, 'layout')}:all`])
    expect(JSON.parse(docker.stdout).manifests).toHaveLength(3)
  })

  test('a single image is no list, of Docker’s kind an empty one; --tls-verify holds against the configuration', async () => {
    const [oci, docker] = [repository('single'), `${repository('single')}:docker`]
    await berth('push', '-q', images.layers, oci)
    await berth('push', '-q', '--format', 'v2s2', images.layers, docker)
    expect(await berth.try(['manifest', 'inspect', oci])).toMatchObject({ code: 125, stdout: '' })
    const found = await berth.try(['manifest', 'inspect', docker])
    expect(found).toMatchObject({ code: 0, stderr: expect.stringContaining('is not a manifest list but a single image') })
    expect(JSON.parse(found.stdout)).toMatchObject({ schemaVersion: 2, manifests: null })
    await berth('manifest', 'create', 'strict', images.layers)
    await berth('manifest', 'push', '-q', 'strict', repository('strict'))
    for (const args of [
      ['inspect', '--tls-verify', repository('strict')],
      ['add', '--tls-verify', 'strict', `docker://${oci}`],
      ['create', '--tls-verify', 'stricter', `docker://${oci}`],
      ['push', '-q', '--tls-verify', 'strict', repository('strict')],
    ])
      expect(await berth.try(['manifest', ...args]), args.join(' ')).toMatchObject({
        code: 125,
        stderr: expect.stringContaining('does not speak https'),
      })
    const index = await berth.try(['manifest', 'push', '--all=false', 'strict', repository('strict')])
    expect(index.stderr).toBe(
      'Getting image list signatures\nCopying 0 images generated from 1 images in list\nWriting manifest list to image destination\nStoring list signatures\n',
    )
  })

  test('each platform gets an image in the compressions that are added, as is said or configured', async () => {
    await berth('manifest', 'create', 'more', images.layers)
    const compressions = async (tag: string) =>
      (await remoteIndex(`${name}/more`, tag)).index.manifests.map(
        ({ annotations }: { annotations?: object }) => annotations ?? 'none',
      )
    const zstd = { 'io.github.containers.compression.zstd': 'true' }
    const to = (tag: string) => ['more', `docker://${repository('more')}:${tag}`]
    await berth('manifest', 'push', '-q', '--add-compression', 'zstd,gzip', '--add-compression', 'zstd:chunked', ...to('1'))
    expect(await compressions('1')).toEqual(['none', zstd, zstd])
    const conf = join(folder, 'containers.conf')
    writeFileSync(conf, '[engine]\nadd_compression = ["zstd"]\ncompression_format = "gzip"\n')
    const env = { CONTAINERS_CONF_OVERRIDE: conf }
    expect(await berth.try(['manifest', 'push', '-q', ...to('2')], { env })).toMatchObject({ code: 0 })
    expect(await compressions('2')).toEqual(['none', zstd])
    expect(await berth.try(['manifest', 'push', '-q', '--add-compression', 'gzip', ...to('3')], { env })).toMatchObject({
      code: 0,
    })
    expect(await compressions('3')).toEqual(['none'])
    writeFileSync(conf, '[engine]\ncompression_format = "zstd"\n')
    expect(await berth.try(['push', '-q', images.layers, `${repository('more')}:4`], { env })).toMatchObject({ code: 0 })
    const { layers } = JSON.parse(
      await must('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${repository('more')}:4`]),
    )
    expect(layers[0].mediaType).toMatch(/zstd$/)
    for (const [flags, text] of [
      [['--add-compression', 'bz'], /no compressor for "bz"/],
      [['--add-compression', 'zstd', '--all=false'], /leave out --all=false/],
      [['--add-compression', 'zstd', '--format', 'v2s2'], /knows no zstd/],
    ] as const) {
      const refused = await berth.try(['manifest', 'push', '-q', ...flags, ...to('5')])
      expect(refused.code).toBe(125)
      expect(refused.stderr).toMatch(text)
    }
  })

  test('an image that has gone is named when its list is pushed', async () => {
    await pullImages(berth, images.zstd)
    await berth('manifest', 'create', 'lost', images.zstd)
    await berth('rmi', images.zstd)
    const lost = await berth.try(['manifest', 'push', '-q', 'lost', repository('lost')])
    expect(lost.code).toBe(125)
    expect(lost.stderr).toMatch(/that it lists is not in the store any more: image not known/)
  })

  test('what a list has as its subject finds it', async () => {
    await berth('push', '-q', images.layers, `${repository('about')}:1`)
    await berth('manifest', 'create', 'note')
    await berth('manifest', 'annotate', '--index', '--subject', images.layers, 'note')
    await berth('manifest', 'push', '-q', 'note', `${repository('about')}:note`)
    const { index } = await remoteIndex(`${name}/about`, digest.replace(':', '-'))
    const { digest: own } = await remoteIndex(`${name}/about`, 'note')
    expect(index.manifests).toEqual([{ mediaType: ociIndex, digest: own, size: expect.any(Number) }])
  })
})

async function remoteIndex(repository: string, tag: string) {
  const answer = await fetch(`http://${stage.registry}/v2/${repository}/manifests/${tag}`, { headers: { accept: ociIndex } })
  expect(answer.status).toBe(200)
  return { digest: answer.headers.get('docker-content-digest')!, index: await answer.json() }
}

/** A folder that the user can write to. */
async function scratch(berth: Berth): Promise<string> {
  const folder = join(stage.folder, `manifests-${berth.user.name}`)
  mkdirSync(folder, { recursive: true })
  await must('chown', [`${berth.user.uid}:${berth.user.gid}`, folder])
  return folder
}
