import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear } from '../support/berth.ts'
import { end, eventually, run } from '../support/processes.ts'
import { become, environment } from '../support/users.ts'

// Images elsewhere, and the command line of skopeo: what it does alone. test/clients holds it against the real one.

const stage = inject('stage')
const { registry, images } = stage
const insecure = ['--src-tls-verify=false', '--dest-tls-verify=false']

describe.each(anyone)('images elsewhere as %s', (name) => {
  const berth = berthAs(name)
  const folder = join(berth.root ? stage.folder : berth.user.runtime, 'elsewhere')
  const place = (what: string): string => join(folder, what)
  const mine = `${registry}/elsewhere-${name}`
  const sourceDigest = async (reference: string): Promise<string> =>
    (await berth.json('image', 'inspect', '--remote', '--no-tags', `docker://${reference}`)).Digest
  /** The same program by the name of skopeo; its store is the user's own, or root's for this run by storage.conf. */
  const skopeo = (...args: string[]) => {
    const [program, ...rest] = [...become(berth.user), join(stage.dist, 'bin/skopeo'), ...args]
    const conf = {
      CONTAINERS_STORAGE_CONF: place('storage.conf'),
      CONTAINERS_REGISTRIES_CONF: join(stage.folder, 'registries.conf'),
    }
    return run(program!, rest, { cwd: folder, env: { ...environment(berth.user), ...conf } })
  }

  beforeAll(async () => {
    const [program, ...rest] = [...become(berth.user), 'mkdir', '-p', folder]
    await run(program!, rest, { env: environment(berth.user) })
    writeFileSync(place('storage.conf'), berth.root ? `[storage]\ngraphroot = "${place('containers/storage')}"\n` : '')
  })
  afterAll(async () => {
    await clear(berth)
    rmSync(folder, { recursive: true, force: true })
  })

  test('an image goes from place to place and is the same at the end', async () => {
    const digest = await sourceDigest(images.layers)
    await berth('image', 'copy', '-q', `docker://${images.layers}`, `dir:${place('dir')}`)
    await berth('image', 'copy', '-q', `dir:${place('dir')}`, `oci:${place('layout')}:x`)
    await berth('image', 'copy', '-q', `oci:${place('layout')}:x`, `oci-archive:${place('x.tar')}:x`)
    await berth('image', 'copy', '-q', `oci-archive:${place('x.tar')}:x`, 'containers-storage:elsewhere:1')
    await berth('image', 'copy', '-q', '--digestfile', place('digest'), 'containers-storage:elsewhere:1', `docker://${mine}:1`)
    expect(readFileSync(place('digest'), 'utf8')).toBe(digest)
    expect(await sourceDigest(`${mine}:1`)).toBe(digest)
    expect(await berth('image', 'delete', `oci:${place('layout')}:x`)).toBe('')
    expect(readdirSync(place('layout/blobs/sha256'))).toEqual([])
  })

  test('what is shown of an image elsewhere is what is there', async () => {
    await berth('image', 'copy', '-q', `docker://${images.layers}`, `docker://${mine}:shown`)
    const raw = await berth('image', 'inspect', '--remote', '--raw', `docker://${mine}:shown`)
    const shown = await berth.json('image', 'inspect', '--remote', `docker://${mine}:shown`)
    expect(shown).toMatchObject({ Name: mine, Digest: `sha256:${createHash('sha256').update(raw).digest('hex')}`, Os: 'linux' })
    expect(shown.RepoTags).toContain('shown')
    expect(shown.Layers).toEqual(JSON.parse(raw).layers.map((layer: { digest: string }) => layer.digest))
    const config = await berth.json('image', 'inspect', '--remote', '--config', `docker://${mine}:shown`)
    expect(config.rootfs.diff_ids).toHaveLength(shown.Layers.length)
    expect(await berth('image', 'inspect', '--remote', '--format', '{{.Os}} {{len .Layers}}', `docker://${mine}:shown`)).toBe(
      `linux ${shown.Layers.length}`,
    )
    const { Tags } = await berth.json('image', 'list-tags', `docker://${mine}`)
    expect(Tags).toContain('shown')
    await berth('image', 'delete', `docker://${mine}:shown`)
    const gone = await berth.try(['image', 'delete', `docker://${mine}:shown`])
    expect(gone).toMatchObject({ code: 125, stderr: expect.stringContaining('the registry has no such image') })
  })

  test('a sync takes all tags, by list, pattern or version, and goes on after a failure', async () => {
    for (const tag of ['1.0', '1.5.2', '2.0', 'edge'])
      await berth('image', 'copy', '-q', `docker://${images.layers}`, `docker://${mine}-many:${tag}`)
    await berth('image', 'sync', '--src', 'docker', '--dest', 'dir', `${mine}-many`, place('many'))
    expect(readdirSync(place('many'))).toHaveLength(4)
    await berth('image', 'sync', '--src', 'dir', '--dest', 'docker', place('many'), `${mine}-again`)
    const repository = `elsewhere-${name}-many`
    const { Tags } = await berth.json('image', 'list-tags', `docker://${mine}-again/${repository}`)
    expect(Tags.toSorted()).toEqual(['1.0', '1.5.2', '2.0', 'edge'])
    const list = {
      [registry]: { 'tls-verify': false, 'images-by-semver': { [repository]: '^1' }, images: { [repository]: ['edge', 'none'] } },
    }
    writeFileSync(place('list.yaml'), JSON.stringify(list)) // JSON is YAML
    const sync = ['image', 'sync', '--src', 'yaml', '--dest', 'dir', '--keep-going', '--digestfile', place('digests')]
    const result = await berth.try([...sync, place('list.yaml'), place('some')])
    expect(result.code).toBe(125)
    expect(result.stderr).toContain('Sync failed due to previous reported error(s)')
    expect(readdirSync(place('some')).toSorted()).toEqual([`${repository}:1.0`, `${repository}:1.5.2`, `${repository}:edge`])
    expect(readFileSync(place('digests'), 'utf8').match(/^sha256:\S+ dir:\S+$/gm)).toHaveLength(3)
    const dry = await berth.try(['image', 'sync', '--dry-run', '--src', 'docker', '--dest', 'dir', `${mine}-many`, place('dry')])
    expect(dry).toMatchObject({ code: 0, stderr: expect.stringContaining('Would have synced 4 images from 1 sources') })
    expect(existsSync(place('dry'))).toBe(false)
  })

  test('a docker daemon gives and takes images', async () => {
    const socket = place('docker.sock')
    const service: ChildProcess = berth.start('system', 'service', '--time', '0', `unix://${socket}`)
    service.stderr!.resume()
    try {
      await eventually('the socket', () => existsSync(socket), 20_000)
      const host = `unix://${socket}`
      await berth('image', 'copy', '-q', '--dest-daemon-host', host, `docker://${images.layers}`, 'docker-daemon:loaded:1')
      expect(await berth('images', '--format', '{{.Repository}}:{{.Tag}}')).toContain('docker.io/library/loaded:1')
      await berth('image', 'copy', '-q', '--src-daemon-host', host, 'docker-daemon:loaded:1', `dir:${place('from-daemon')}`)
      const { config } = JSON.parse(readFileSync(place('from-daemon/manifest.json'), 'utf8'))
      const original = JSON.parse(await berth('image', 'inspect', '--remote', '--raw', `docker://${images.layers}`))
      expect(config.digest).toBe(original.config.digest)
      const missing = await berth.try([
        'image',
        'copy',
        '--src-daemon-host',
        host,
        'docker-daemon:none:1',
        `dir:${place('none')}`,
      ])
      expect(missing).toMatchObject({ code: 125, stderr: expect.stringContaining('refuses (404)') })
    } finally {
      await end(service)
    }
    const nobody = await berth.try([
      'image',
      'copy',
      '--src-daemon-host',
      `unix://${socket}`,
      'docker-daemon:x:1',
      `dir:${place('y')}`,
    ])
    expect(nobody).toMatchObject({ code: 125, stderr: expect.stringContaining('Cannot connect to the Docker daemon') })
    expect(existsSync(place('y'))).toBe(false)
  })

  test('called skopeo, it takes the command line of skopeo', async () => {
    expect((await skopeo('--version')).stdout).toMatch(/^skopeo version [\d.]+ \(berth .+\)\n$/)
    expect((await skopeo('--help')).stdout).toContain('skopeo [command]')
    const copied = await skopeo('copy', ...insecure, `docker://${images.layers}`, `dir:${place('by-name')}`)
    expect(copied).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^Getting image source signatures\nCopying blob sha256/),
    })
    if (!berth.root) expect(statSync(place('by-name/manifest.json')).uid).toBe(berth.user.uid)
    const digest = await skopeo('manifest-digest', place('by-name/manifest.json'))
    expect(digest.stdout.trim()).toBe(await sourceDigest(images.layers))
    expect(await skopeo('inspect', '--tls-verify=false', `docker://${mine}:none`)).toMatchObject({ code: 2, stdout: '' })
    expect(await skopeo('copy', 'x')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Exactly two arguments expected'),
    })
    expect(await skopeo('nothing')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Unrecognized command `skopeo nothing`'),
    })
    const late = await skopeo('--command-timeout', '1ms', 'inspect', `docker://${images.layers}`)
    expect(late).toMatchObject({ code: 1, stderr: expect.stringContaining('context deadline exceeded') })
    const sealed = await skopeo('copy', '--encryption-key', 'jwe:x', `dir:${place('by-name')}`, `dir:${place('sealed')}`)
    expect(sealed).toMatchObject({ code: 1, stderr: expect.stringContaining('encrypted images are not supported') })
  })

  test('a folder with other things is not written over', async () => {
    mkdirSync(place('full'), { recursive: true })
    writeFileSync(place('full/letter'), 'mine')
    const result = await berth.try(['image', 'copy', `docker://${images.layers}`, `dir:${place('full')}`])
    expect(result.code).toBe(125)
    expect(readdirSync(place('full'))).toEqual(['letter'])
  })
})
