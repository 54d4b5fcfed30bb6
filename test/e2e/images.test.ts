import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, everyone } from '../support/berth.ts'

const stage = inject('stage')
const { images, secure, expired } = stage

describe.each(everyone)('images as %s', (name) => {
  const berth = berthAs(name)
  // The same for everyone.
  const once = anyone.filter((each) => each === name)
  afterEach(() => clear(berth))
  afterAll(() => clear(berth))

  test('pull prints the id, images and inspect show it', async () => {
    const id = (await berth('pull', images.busybox)).split('\n').at(-1)!
    expect(id).toMatch(/^[0-9a-f]{64}$/)
    const [row] = await berth.json('images', '--format', 'json')
    expect(row).toMatchObject({ Id: id, Names: [images.busybox] })
    const [details] = await berth.json('image', 'inspect', images.busybox)
    expect(details).toMatchObject({ Id: id, Architecture: 'amd64', Os: 'linux', RepoTags: [images.busybox] })
    expect(details.RootFS.Layers).toHaveLength(1)
    expect((await berth('pull', images.busybox)).split('\n').at(-1)).toBe(id)
  })

  test('layers lie on each other and whiteouts remove', async () => {
    await berth('pull', '-q', images.layers)
    const text = await berth('run', '--rm', images.layers, 'sh', '-c', 'ls /data /old')
    expect(text.split('\n')).toEqual(['/data:', 'kept', '', '/old:', 'new'])
  })

  test('zstd layers are read', async () => {
    await berth('pull', '-q', images.zstd)
    expect(await berth('run', '--rm', images.zstd, 'cat', '/data/kept')).toBe('kept')
  })

  test.each(once)('a login, given or wrong, over TLS', async () => {
    const trust = ['--cert-dir', certificateFolder()]
    const refused = await berth.try(['pull', ...trust, secure.image])
    expect(refused.code).toBe(125)
    expect(refused.stderr).toContain(secure.host)
    const wrong = await berth.try(['pull', ...trust, '--creds', `${secure.name}:wrong`, secure.image])
    expect(wrong.code).toBe(125)
    expect(wrong.stderr).toMatch(/unauthorized|credentials|password|authentication/i)
    expect(wrong.stderr).not.toContain('wrong:')
    const id = await berth('pull', '-q', ...trust, '--creds', `${secure.name}:${secure.password}`, secure.image)
    expect(id).toMatch(/^[0-9a-f]{64}$/)
  })

  test.each(once)('a certificate that is unknown or past its time is refused with a message', async () => {
    const unknown = await berth.try(['pull', '--creds', `${secure.name}:${secure.password}`, secure.image])
    expect(unknown.code).toBe(125)
    expect(unknown.stderr).toMatch(/certificate/i)
    const old = await berth.try(['pull', '--cert-dir', certificateFolder(), expired.image])
    expect(old.code).toBe(125)
    expect(old.stderr).toMatch(/certificate/i)
    expect(await berth('pull', '-q', '--tls-verify=false', expired.image)).toMatch(/^[0-9a-f]{64}$/)
  })

  test.each(once)('an image that is not there, a registry that is not there', async () => {
    const absent = await berth.try(['pull', `${stage.registry}/nobody/nothing:1`])
    expect(absent.code).toBe(125)
    expect(absent.stderr).toContain('nobody/nothing')
    const unreachable = await berth.try(['pull', '127.0.0.1:1/some/image'])
    expect(unreachable.code).toBe(125)
    expect(unreachable.stderr).toMatch(/127\.0\.0\.1:1/)
    expect(await berth('images', '-q')).toBe('')
  })

  test.each(once)('a name in use stays, until its container goes', async () => {
    await berth('pull', '-q', images.busybox)
    await berth('create', '--name', 'user', images.busybox, 'true')
    const refused = await berth.try(['rmi', images.busybox])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/in use|used by/)
    await berth('rm', 'user')
    await berth('rmi', images.busybox)
    expect(await berth('images', '-q')).toBe('')
    expect((await berth.try(['rmi', images.busybox])).code).toBe(1)
  })

  test.each(once)('tags are names, and the image goes with the last', async () => {
    await berth('pull', '-q', images.busybox)
    await berth('tag', images.busybox, 'localhost/mine:1')
    const [row] = await berth.json('images', '--format', 'json')
    expect(row.Names.toSorted()).toEqual([images.busybox, 'localhost/mine:1'].toSorted())
    await berth('rmi', images.busybox)
    expect(await berth('run', '--rm', 'localhost/mine:1', 'echo', 'still here')).toBe('still here')
    await berth('rmi', 'mine:1')
    expect(await berth('images', '-q')).toBe('')
  })

  test('layers leave the disk with the last image', async () => {
    await berth('pull', '-q', images.layers)
    await berth('rmi', images.layers)
    const layers = join(berth.store, 'layers')
    expect(existsSync(layers) ? readdirSync(layers) : []).toEqual([])
  })

  test('five pulls of one image at once', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => berth('pull', '-q', images.layers)))
    expect(new Set(ids).size).toBe(1)
    expect(await berth('run', '--rm', images.layers, 'cat', '/data/kept')).toBe('kept')
  })

  test.each(once)('run pulls what is missing, and --pull=never does not', async () => {
    const refused = await berth.try(['run', '--rm', '--pull', 'never', images.busybox, 'true'])
    expect(refused.code).toBe(125)
    expect(await berth('run', '--rm', '-q', images.busybox, 'echo', 'pulled')).toBe('pulled')
  })
})

/** The folder of the certificate to trust, as certs.d has it. */
function certificateFolder(): string {
  return join(secure.certificate, '..')
}
