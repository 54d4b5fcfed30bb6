import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { blob, busyboxFiles, image, packLayer } from '../support/images.ts'
import { must, type Result, run } from '../support/processes.ts'
import { type Registry, startRegistry } from '../support/registry.ts'

// What Berth writes as zstd:chunked, in the hands of the real podman and skopeo; and the lists that both push.

const stage = inject('stage')
const folder = join(stage.folder, 'chunked')
const podmanStore = join(folder, 'podman')
const mark = (name: string): string => `io.github.containers.zstd-chunked.${name}`
const zstd = 'io.github.containers.compression.zstd'
let registry: Registry
let source: string
let id: string

const environment = (): Record<string, string> => ({
  PATH: process.env.PATH!,
  HOME: folder,
  PODMAN_IGNORE_CGROUPSV1_WARNING: '1',
  CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'),
})
const podman = (...args: string[]): Promise<Result> =>
  run('podman', ['--events-backend', 'file', ...args], { env: environment() })
const skopeo = (...args: string[]): Promise<string> => must('skopeo', ['--insecure-policy', ...args], { env: environment() })
const berth = (...args: string[]): Promise<string> =>
  must(join(stage.dist, 'bin/berth'), ['--root', join(folder, 'berth'), '--runroot', join(folder, 'berth-run'), ...args])

interface Descriptor {
  mediaType: string
  digest: string
  size: number
  annotations?: Record<string, string>
  platform?: { architecture: string }
}
interface Manifest {
  config: Descriptor
  layers: Descriptor[]
  manifests: Descriptor[]
}
const manifestOf = async (name: string): Promise<Manifest> =>
  JSON.parse(await skopeo('inspect', '--raw', '--tls-verify=false', `docker://${name}`)) as Manifest
const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

async function blobOf(repository: string, digest: string): Promise<Buffer> {
  return Buffer.from(await (await fetch(`${registry.url}/v2/${repository}/blobs/${digest}`)).arrayBuffer())
}

beforeAll(async () => {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  writeFileSync(
    join(folder, 'storage.conf'),
    `[storage]\ndriver = "overlay"\ngraphroot = "${podmanStore}"\nrunroot = "${folder}/podman-run"\n[storage.options]\npull_options = {enable_partial_images = "true", use_hard_links = "false", ostree_repos = ""}\n`,
  )
  registry = await startRegistry(join(folder, 'registry'))
  const more = { 'data/long': { text: 'some text, '.repeat(300_000) }, 'data/zeros': { text: '\0'.repeat(50_000) } }
  const layers = [await packLayer(busyboxFiles(), folder), await packLayer(more, folder)]
  source = await registry.push(image('berth/plain', layers))
  id = (await berth('pull', '-q', '--tls-verify=false', source)).trim().replace(/^sha256:/, '')
  await berth('push', '-q', '--tls-verify=false', '--compression-format', 'zstd:chunked', source, `${registry.host}/berth/own:1`)
})
afterAll(async () => {
  await registry.stop()
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
  for (const mount of mounts.filter((each) => each.startsWith(folder)).toReversed()) await run('umount', ['-l', mount])
  rmSync(folder, { recursive: true, force: true })
})

/** Podman takes only the parts of each layer that it needs, or says why not. */
async function pullPartly(name: string): Promise<Result> {
  await podman('rmi', '--all', '--force')
  return podman('--log-level', 'debug', 'pull', '--tls-verify=false', name)
}

test('podman fetches the layers in parts, and puts the same archives together again', async () => {
  const name = `${registry.host}/berth/own:1`
  const pulled = await pullPartly(name)
  expect(pulled).toMatchObject({ code: 0, stdout: `${id}\n` })
  const { layers } = await manifestOf(name)
  for (const { digest, annotations } of layers) {
    expect(Object.keys(annotations!)).toEqual([mark('manifest-checksum'), mark('manifest-position'), mark('tarsplit-position')])
    expect(pulled.stderr).toContain(`Retrieved partial blob ${digest}`)
  }
  // It has no layer's archive: what it sends is made of its files and the tar-split data, whose checksums it holds them against.
  expect(await podman('push', '-q', '--tls-verify=false', name, `${registry.host}/podman/again:1`)).toMatchObject({ code: 0 })
  expect((await manifestOf(`${registry.host}/podman/again:1`)).config.digest).toBe(`sha256:${id}`)
  await skopeo('copy', '-q', '--src-tls-verify=false', `docker://${registry.host}/podman/again:1`, `dir:${folder}/again`)
})

test('skopeo and berth read it as any image', async () => {
  const name = `${registry.host}/berth/own:1`
  await skopeo('copy', '-q', '--src-tls-verify=false', `docker://${name}`, `docker-archive:${folder}/own.tar:a:1`)
  await berth('rmi', '-f', '-a')
  expect(await berth('load', '-q', '-i', join(folder, 'own.tar'))).toContain('a:1')
  await berth('rmi', '-f', '-a')
  expect(await berth('pull', '-q', '--tls-verify=false', name)).toContain(id)
  expect(await berth('image', 'copy', '-q', `containers-storage:${name}`, `dir:${folder}/dir`)).toBe('')
  const { layers } = JSON.parse(readFileSync(join(folder, 'dir/manifest.json'), 'utf8')) as Manifest
  expect(layers.every(({ annotations }) => annotations?.[mark('manifest-position')])).toBe(true)
  await berth('pull', '-q', '--tls-verify=false', source)
})

test('podman refuses a table of contents that has been changed', async () => {
  const manifest = await manifestOf(`${registry.host}/berth/own:1`)
  const layer = manifest.layers[1]!
  const bytes = await blobOf('berth/own', layer.digest)
  const at = Number(layer.annotations![mark('manifest-position')]!.split(':')[0])
  bytes[at + 20]! ^= 1
  const { mediaType, annotations } = layer
  Object.assign(layer, { digest: digestOf(bytes), size: bytes.length, annotations })
  const data = Buffer.from(JSON.stringify(manifest))
  const config = await blobOf('berth/own', manifest.config.digest)
  const blobs = [
    blob(mediaType, bytes),
    blob(manifest.config.mediaType, config),
    blob('', await blobOf('berth/own', manifest.layers[0]!.digest)),
  ]
  const changed = blob('application/vnd.oci.image.manifest.v1+json', data)
  const name = await registry.push({ name: 'berth/changed', tag: '1', blobs, manifest: changed })
  const refused = await pullPartly(name)
  expect(refused.code).toBe(125)
  expect(refused.stderr).toContain('validating and decompressing TOC: invalid blob checksum')
})

test('a list that is pushed with more compressions looks as podman makes it', async () => {
  const rows = async (name: string): Promise<unknown[]> =>
    Promise.all(
      (await manifestOf(name)).manifests.map(async ({ platform, annotations, digest }) => {
        const { layers } = await manifestOf(`${name.replace(/:[^:/]*$/, '')}@${digest}`)
        return [
          platform,
          annotations,
          layers.map(({ mediaType }) => mediaType),
          layers.map((each) => Object.keys(each.annotations ?? {})),
        ]
      }),
    )
  await podman('rmi', '--all', '--force')
  await podman('pull', '-q', '--tls-verify=false', source)
  const flags = ['--tls-verify=false', '--all', '--force-compression', '--compression-format', 'gzip']
  const push = (list: string, to: string): string[] => [
    'manifest',
    'push',
    '-q',
    ...flags,
    '--add-compression',
    'zstd,zstd:chunked',
    list,
    to,
  ]
  for (const run of [podman, berth]) {
    await run('manifest', 'create', 'both')
    await run('manifest', 'add', 'both', `containers-storage:${source}`)
  }
  const theirs = await podman(...push('both', `${registry.host}/podman/list:1`))
  expect(theirs).toMatchObject({ code: 0 })
  await berth(...push('both', `${registry.host}/berth/list:1`))
  const own = await rows(`${registry.host}/berth/list:1`)
  expect(own).toEqual(await rows(`${registry.host}/podman/list:1`))
  expect(own).toHaveLength(3)
  expect(own.map((row) => (row as [unknown, Record<string, string> | undefined])[1]?.[zstd])).toEqual([undefined, 'true', 'true'])
})
