import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { berthAs, clear, pullImages } from '../support/berth.ts'
import { must, run } from '../support/processes.ts'

// What we save, other programs read, and what they write, we load: with the same ids and digests.

const stage = inject('stage')
const { images } = stage
const berth = berthAs('root')
let folder: string
let id: string
const inFolder = (...path: string[]) => join(folder, ...path)

/** Real podman with a store of its own. */
const podmanArgs = () => [
  ...['--root', inFolder('podman/store'), '--runroot', inFolder('podman/run'), '--storage-driver', 'vfs'],
  ...['--runtime', 'runc', '--cgroup-manager', 'cgroupfs', '--events-backend', 'file'],
]
const environment = { ...process.env, PODMAN_IGNORE_CGROUPSV1_WARNING: '1' } as Record<string, string>
const podman = async (...args: string[]) =>
  (await must('podman', [...podmanArgs(), ...args], { env: environment, timeout: 120_000 })).trim()

beforeAll(async () => {
  folder = mkdtempSync(join(stage.folder, 'foreign-'))
  await pullImages(berth, images.layers, images.zstd)
  id = await berth('image', 'inspect', '--format', '{{.Id}}', images.layers)
})
afterAll(async () => {
  await clear(berth)
  await run('podman', [...podmanArgs(), 'system', 'reset', '-f'], { env: environment })
  rmSync(folder, { recursive: true, force: true })
})

describe('what berth saves', () => {
  const ours = (format: string) => inFolder(`ours-${format}`)
  beforeAll(async () => {
    for (const format of ['docker-archive', 'oci-archive', 'oci-dir', 'docker-dir'])
      await berth('save', '-q', '--format', format, '-o', ours(format), images.layers)
  })

  test.each(['docker-archive', 'oci-archive', 'oci-dir', 'docker-dir'])('podman loads: %s', async (format) => {
    const named = format.endsWith('-archive')
    expect(await podman('load', '-q', '-i', ours(format))).toBe(`Loaded image: ${named ? images.layers : `sha256:${id}`}`)
    expect(await podman('image', 'inspect', '--format', '{{.Id}}', id)).toBe(id)
    await podman('rmi', '-f', id)
  })

  test.each(['docker-archive', 'oci-archive', 'oci', 'dir'])('skopeo reads and copies: %s', async (transport) => {
    const source = `${transport}:${ours({ oci: 'oci-dir', dir: 'docker-dir' }[transport] ?? transport)}`
    const config = JSON.parse(await must('skopeo', ['inspect', '--config', source]))
    expect(config.rootfs.diff_ids).toHaveLength(3)
    const target = inFolder(`copied-${transport}`)
    await must('skopeo', ['--insecure-policy', 'copy', '-q', source, `dir:${target}`])
    expect(JSON.parse(readFileSync(join(target, 'manifest.json'), 'utf8')).config.digest).toBe(`sha256:${id}`)
  })

  test('an unmodified image has the digest in an OCI layout that it was pulled by', async () => {
    const digest = await berth('image', 'inspect', '--format', '{{.Digest}}', images.layers)
    for (const source of [`oci:${ours('oci-dir')}`, `oci-archive:${ours('oci-archive')}`])
      expect((await must('skopeo', ['inspect', '--no-tags', '--format', '{{.Digest}}', source])).trim()).toBe(digest)
  })

  test('umoci unpacks the layout', async () => {
    const layout = inFolder('umoci')
    await must('skopeo', ['--insecure-policy', 'copy', '-q', `oci-archive:${ours('oci-archive')}`, `oci:${layout}:x`])
    await must('umoci', ['unpack', '--image', `${layout}:x`, inFolder('unpacked')])
    expect(readdirSync(inFolder('unpacked/rootfs/data'))).toEqual(['kept'])
    await must('umoci', ['ls', '--layout', ours('oci-dir')])
  })

  test('oci-image-tool validates the manifest', async () => {
    const { manifests } = JSON.parse(readFileSync(join(ours('oci-dir'), 'index.json'), 'utf8'))
    const manifest = join(ours('oci-dir'), 'blobs/sha256', manifests[0].digest.replace('sha256:', ''))
    await must('oci-image-tool', ['validate', '--type', 'manifest', manifest])
    const config = join(ours('oci-dir'), 'blobs/sha256', id)
    await must('oci-image-tool', ['validate', '--type', 'config', config])
  })

  test('a docker-archive is podman’s own, byte for byte', async () => {
    await podman('load', '-q', '-i', ours('docker-archive'))
    await podman('save', '-q', '-o', inFolder('podman.tar'), images.layers)
    await must('cmp', [inFolder('podman.tar'), ours('docker-archive')])
    await podman('rmi', '-f', id)
  })
})

describe('what others write', () => {
  beforeAll(async () => {
    await berth('save', '-q', '-o', inFolder('seed.tar'), images.layers)
    await podman('load', '-q', '-i', inFolder('seed.tar'))
    await berth('rmi', '-f', id)
  })
  const loads = async (path: string, names: string[]) => {
    expect((await berth('load', '-i', path)).split('\n').toSorted()).toEqual(
      names.map((each) => `Loaded image: ${each}`).toSorted(),
    )
    expect(await berth('image', 'inspect', '--format', '{{.Id}}', id)).toBe(id)
    const digest = await berth('image', 'inspect', '--format', '{{.Digest}}', id)
    await berth('rmi', '-f', id)
    return digest
  }

  test.each(['docker-archive', 'oci-archive', 'oci-dir', 'docker-dir'])('podman save --format %s', async (format) => {
    const path = inFolder(`theirs-${format}`)
    await podman('save', '-q', '--format', format, '-o', path, images.layers)
    const named = format.endsWith('-archive')
    const digest = await loads(path, [named ? images.layers : `sha256:${id}`])
    // A docker-archive holds no manifest, so that its digest is everyone's own.
    if (format === 'docker-archive') return
    await podman('rmi', '-f', id)
    await podman('load', '-q', '-i', path)
    expect(digest).toBe(await podman('image', 'inspect', '--format', '{{.Digest}}', id))
    await podman('tag', id, images.layers)
  })

  test('several images and names from podman save -m', async () => {
    await podman('tag', images.layers, 'localhost/second:2')
    await podman('save', '-q', '-m', '-o', inFolder('many.tar'), images.layers, 'localhost/second:2')
    await loads(inFolder('many.tar'), [images.layers, 'localhost/second:2'])
  })

  test('compressed with xz, bzip2, gzip, zstd', async () => {
    for (const program of ['xz', 'bzip2', 'gzip', 'zstd']) {
      const packed = inFolder(`seed.tar.${program}`)
      await must('sh', ['-c', `${program} -c ${inFolder('seed.tar')} > ${packed}`])
      await loads(packed, [images.layers])
    }
  })

  test('skopeo copy to an archive, under a short name', async () => {
    await must('skopeo', [
      '--insecure-policy',
      'copy',
      '-q',
      `docker-archive:${inFolder('seed.tar')}`,
      `oci-archive:${inFolder('s.tar')}:short`,
    ])
    await loads(inFolder('s.tar'), ['localhost/short:latest'])
  })

  test('docker save of 25 and later: an OCI layout and a manifest.json in one', async () => {
    const path = await dockerArchive25()
    await loads(path, ['docker.io/library/bb:25', 'docker.io/library/bb:26'])
  })

  test('import has the id that podman gives', async () => {
    await podman('create', '--name', 'x', images.layers)
    await podman('export', '-o', inFolder('x.tar'), 'x')
    await podman('rm', 'x')
    const args = [
      '-m',
      'by hand',
      '-c',
      'ENV A=b',
      '-c',
      'CMD ["x", "<y>"]',
      '-c',
      'LABEL z="q r"',
      '-c',
      'EXPOSE 90/udp',
      '-c',
      'VOLUME /b /a',
    ]
    await must('sh', ['-c', `gzip -k ${inFolder('x.tar')}`])
    for (const file of ['x.tar', 'x.tar.gz'].map((each) => inFolder(each)))
      expect(await berth('import', '-q', ...args, file, 'made:1')).toBe(await podman('import', '-q', ...args, file, 'made:1'))
    await berth('rmi', 'made:1')
  })
})

/** As docker ≥ 25 writes it; docker itself is not on this machine. */
async function dockerArchive25(): Promise<string> {
  const root = inFolder('docker25')
  mkdirSync(root)
  await must('skopeo', ['--insecure-policy', 'copy', '-q', `docker-archive:${inFolder('seed.tar')}`, `oci:${root}:25`])
  const index = JSON.parse(readFileSync(join(root, 'index.json'), 'utf8'))
  index.manifests[0].annotations = {
    'io.containerd.image.name': 'docker.io/library/bb:25',
    'org.opencontainers.image.ref.name': '25',
  }
  const blobOf = (digest: string) => `blobs/${digest.replace(':', '/')}`
  const manifest = JSON.parse(readFileSync(join(root, blobOf(index.manifests[0].digest)), 'utf8'))
  writeFileSync(join(root, 'index.json'), JSON.stringify(index))
  writeFileSync(
    join(root, 'manifest.json'),
    JSON.stringify([
      {
        Config: blobOf(manifest.config.digest),
        RepoTags: ['bb:25', 'bb:26'],
        Layers: manifest.layers.map(({ digest }: { digest: string }) => blobOf(digest)),
      },
    ]),
  )
  await must('tar', ['-C', root, '-cf', `${root}.tar`, '.'])
  return `${root}.tar`
}
