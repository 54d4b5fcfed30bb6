import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { berthAs, clear, pullImages } from '../support/berth.ts'
import { must, run } from '../support/processes.ts'

// Artifacts and manifest lists, made here and there: others read ours, and we read theirs, with the same digests.

const stage = inject('stage')
const { images } = stage
const berth = berthAs('root')
const repository = (what: string) => `${stage.registry}/clients/${what}`
let folder: string

/** Real podman with a store of its own. */
const podmanArgs = () => [
  ...['--root', join(folder, 'podman/store'), '--runroot', join(folder, 'podman/run'), '--storage-driver', 'vfs'],
  ...['--runtime', 'runc', '--cgroup-manager', 'cgroupfs', '--events-backend', 'file'],
]
const environment = { ...process.env, PODMAN_IGNORE_CGROUPSV1_WARNING: '1' } as Record<string, string>
const podman = async (...args: string[]) =>
  (await must('podman', [...podmanArgs(), ...args], { env: environment, timeout: 120_000 })).trim()
const oras = async (...args: string[]) => (await must('oras', args, { cwd: folder, timeout: 60_000 })).trim()
const digestOf = async (name: string): Promise<string> => (await berth.json('artifact', 'inspect', name)).Digest

beforeAll(async () => {
  folder = mkdtempSync(join(stage.folder, 'artifacts-'))
  writeFileSync(join(folder, 't.txt'), 'text\n')
  writeFileSync(join(folder, 'j.json'), '{"a": 1}\n')
  await pullImages(berth, images.layers, images.busybox)
})
afterEach(() => berth.try(['artifact', 'rm', '-a']))
afterAll(async () => {
  await clear(berth)
  await run('podman', [...podmanArgs(), 'system', 'reset', '-f'], { env: environment })
  rmSync(folder, { recursive: true, force: true })
})

describe('oras', () => {
  test('pulls what berth pushes', async () => {
    const name = repository('ours:1')
    await berth('artifact', 'add', '--type', 'application/vnd.x', name, join(folder, 't.txt'), join(folder, 'j.json'))
    await berth('artifact', 'push', '-q', name)
    mkdirSync(join(folder, 'got'))
    const text = await oras('pull', '--plain-http', '-o', 'got', name)
    expect(text).toContain(`Digest: ${await digestOf(name)}`)
    expect(readdirSync(join(folder, 'got')).toSorted()).toEqual(['j.json', 't.txt'])
    expect(readFileSync(join(folder, 'got/t.txt'), 'utf8')).toBe('text\n')
  })

  test('pushes what berth pulls, annotations and all', async () => {
    const name = repository('theirs:1')
    const text = await oras(
      'push',
      '--plain-http',
      '--artifact-type',
      'application/vnd.o',
      '--annotation',
      'x=y',
      name,
      't.txt:text/odd',
    )
    await berth('artifact', 'pull', '-q', name)
    const { Manifest, Digest } = await berth.json('artifact', 'inspect', name)
    expect(text).toContain(`Digest: ${Digest}`)
    expect(Manifest).toMatchObject({
      artifactType: 'application/vnd.o',
      annotations: { x: 'y' },
      layers: [{ mediaType: 'text/odd' }],
    })
    await berth('artifact', 'extract', name, join(folder, 'one'))
    expect(readFileSync(join(folder, 'one'), 'utf8')).toBe('text\n')
    // Sent on, it is the same.
    await berth('artifact', 'push', '-q', name)
    expect(await oras('resolve', '--plain-http', name)).toBe(Digest)
  })

  test('finds what berth pushes about an image', async () => {
    const about = repository('about:1')
    await berth('push', '-q', images.layers, about)
    await berth('manifest', 'create', 'note')
    await berth('manifest', 'annotate', '--index', '--subject', images.layers, 'note')
    await berth('manifest', 'push', '-q', 'note', repository('about:note'))
    await berth('manifest', 'rm', 'note')
    expect(await oras('discover', '--plain-http', about)).toContain(
      await oras('resolve', '--plain-http', repository('about:note')),
    )
    await oras('attach', '--plain-http', '--artifact-type', 'application/vnd.sbom', about, 'j.json')
    const list = await oras('discover', '--plain-http', about)
    expect(list).toContain('application/vnd.sbom')
    expect(list.match(/sha256:/g)).toHaveLength(3)
  })
})

describe('podman', () => {
  const hasArtifacts = async () => (await run('podman', ['artifact', '--help'])).code === 0

  test('makes the same artifact, and pulls ours', async ({ skip }) => {
    if (!(await hasArtifacts())) skip('this podman knows no artifacts')
    const name = repository('same:1')
    const own = await berth('artifact', 'add', '--type', 'application/vnd.x', name, join(folder, 't.txt'))
    expect(await podman('artifact', 'add', '--type', 'application/vnd.x', name, join(folder, 't.txt'))).toBe(own)
    await podman('artifact', 'rm', name)
    await berth('artifact', 'push', '-q', name)
    await podman('artifact', 'pull', '-q', '--tls-verify=false', name)
    expect(JSON.parse(await podman('artifact', 'inspect', name))).toEqual(await berth.json('artifact', 'inspect', name))
  })

  test('makes the same manifest list of the same images, and shows ours', async () => {
    await podman('pull', '-q', '--tls-verify=false', images.layers)
    for (const engine of [berth, podman]) {
      await engine('manifest', 'create', 'list', images.layers)
      await engine('manifest', 'add', '--artifact', '--artifact-config', join(folder, 'j.json'), 'list', join(folder, 't.txt'))
      const { manifests } = JSON.parse(await engine('manifest', 'inspect', 'list'))
      await engine(
        'manifest',
        'annotate',
        '--variant',
        'v2',
        '--annotation',
        'b=<1>',
        '--annotation',
        'a=2',
        'list',
        manifests[0].digest,
      )
      await engine('manifest', 'annotate', '--index', '--annotation', 'z=1', 'list')
    }
    const inspect = await berth('manifest', 'inspect', 'list')
    expect(inspect).toBe(await podman('manifest', 'inspect', 'list'))
    const file = join(folder, 'digest')
    await berth('manifest', 'push', '-q', '--rm', '--digestfile', file, 'list', repository('list:1'))
    const [row] = JSON.parse(await podman('images', '--format', 'json', '--filter', 'reference=list'))
    expect(row.RepoDigests).toContain(`localhost/list@${readFileSync(file, 'utf8')}`)
    expect(await podman('manifest', 'inspect', '--tls-verify=false', repository('list:1'))).toBe(
      inspect.replace(/,\n +"files": \[[^\]]*\]/, ''),
    )
  })
})

test('podman pulls and skopeo copies a list that berth pushed, whole', async () => {
  await berth('manifest', 'create', '--all', 'copied', images.layers, images.busybox)
  await berth('manifest', 'push', '-q', '--rm', 'copied', repository('copied:1'))
  await podmanPulls(repository('copied:1'))
  await must('skopeo', [
    'copy',
    '-q',
    '--all',
    '--src-tls-verify=false',
    `docker://${repository('copied:1')}`,
    `oci:${join(folder, 'copied')}:1`,
  ])
  const raw = await must('skopeo', ['inspect', '--raw', `oci:${join(folder, 'copied')}:1`])
  const there = await must('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${repository('copied:1')}`])
  expect(raw).toBe(there)
})

async function podmanPulls(name: string): Promise<void> {
  await podman('pull', '-q', '--tls-verify=false', name)
  const id = await podman('image', 'inspect', '--format', '{{.Id}}', name)
  expect(await berth('images', '-q', '--no-trunc', images.layers)).toBe(`sha256:${id}`)
}
