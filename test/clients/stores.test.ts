import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { berthAs, clear, everyone } from '../support/berth.ts'
import { busyboxFiles, image, packLayer } from '../support/images.ts'
import { must, run } from '../support/processes.ts'
import { type Registry, startRegistry } from '../support/registry.ts'

const stage = inject('stage')
const folder = join(stage.folder, 'stores')
const podmanStore = join(folder, 'podman')
const berthStore = join(folder, 'berth')
/** The same with plain copies. */
const podmanCopies = join(folder, 'podman-vfs')
const berthCopies = join(folder, 'berth-vfs')
let registry: Registry
let plain: string
let opaque: string

const podman = (driver: 'overlay' | 'vfs', ...args: string[]) =>
  must(
    'podman',
    [
      '--root',
      driver === 'vfs' ? podmanCopies : podmanStore,
      '--runroot',
      join(folder, 'podman-run'),
      '--storage-driver',
      driver,
      '--events-backend',
      'file',
      ...args,
    ],
    {
      env: { PATH: process.env.PATH!, PODMAN_IGNORE_CGROUPSV1_WARNING: '1', HOME: folder },
    },
  )

beforeAll(async () => {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  registry = await startRegistry(join(folder, 'registry'))
  const base = await packLayer(busyboxFiles(), folder)
  const first = await packLayer({ 'data/old': { text: 'old' }, 'data/kept': { text: 'kept' } }, folder)
  plain = await registry.push(
    image('berth/plain', [base, first, await packLayer({ 'data/.wh.old': {}, 'data/new': { text: 'new' } }, folder)]),
  )
  opaque = await registry.push(
    image('berth/opaque', [base, first, await packLayer({ 'data/.wh..wh..opq': {}, 'data/new': { text: 'new' } }, folder)]),
  )
  for (const name of [plain, opaque]) await podman('overlay', 'pull', '-q', '--tls-verify=false', name)
  await podman('vfs', 'pull', '-q', '--tls-verify=false', plain)
  for (const [store, driver] of [
    [berthStore, 'overlay'],
    [berthCopies, 'vfs'],
  ] as const)
    await must(join(stage.dist, 'bin/berth'), [
      ...['--root', store, '--runroot', join(folder, 'berth-run'), '--storage-driver', driver],
      ...['pull', '-q', '--tls-verify=false', plain],
    ])
  unmountBelow(podmanStore)
  // Such stores are shipped to be read by everyone.
  for (const store of [podmanStore, berthStore, podmanCopies, berthCopies]) await must('chmod', ['-R', 'a+rX', store])
})
afterAll(async () => {
  await registry.stop()
  unmountBelow(folder)
  rmSync(folder, { recursive: true, force: true })
})

function unmountBelow(place: string): void {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
  for (const mount of mounts.filter((each) => each.startsWith(place)).toReversed()) void run('umount', ['-l', mount])
}

/** All names in a store with what would change if something were written. */
function stateOf(place: string): string[] {
  return readdirSync(place, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/\.(lock|wal|shm)$|-(wal|shm)$/.test(name))
    .map((name) => {
      const { size, mtimeMs } = statSync(join(place, name), { throwIfNoEntry: false }) ?? { size: 0, mtimeMs: 0 }
      return `${name} ${size} ${mtimeMs}`
    })
}

describe.each(everyone)('additional image stores, as %s', (name) => {
  const berth = berthAs(name)
  afterAll(() => clear(berth))

  describe.each([
    ['of podman', podmanStore],
    ['of Berth', berthStore],
    ['of podman, copies', podmanCopies],
    ['of Berth, copies', berthCopies],
  ])('%s', (kind, store) => {
    const on = (...args: string[]) => berth.try(['--storage-opt', `additionalimagestore=${store}`, ...args])

    test('images are listed, inspected and run, and never changed', async () => {
      const before = stateOf(store)
      const listed = JSON.parse((await on('images', '--format', 'json')).stdout)
      const found = listed.find((each: { Names: string[] }) => each.Names.includes(plain))
      expect(found).toMatchObject({ ReadOnly: true })
      expect((await on('images', '-q', '--no-trunc', '--filter', 'readonly=true')).stdout).toContain(found.Id)
      expect((await on('images', '-q', '--filter', 'readonly=false')).stdout).toBe('')
      expect((await on('image', 'inspect', '--format', '{{.Id}}', plain)).stdout.trim()).toBe(found.Id)
      const ran = await on('run', '--rm', '--network', 'none', plain, 'sh', '-c', 'ls /data; cat /data/kept; echo x > /tmp/y')
      expect(ran).toMatchObject({ code: 0, stdout: 'kept\nnew\nkept' })
      const made = await on('create', '--name', 'user', plain, 'cat', '/data/new')
      expect(made.code).toBe(0)
      // Its layers are known by their short names, with and without the option.
      expect(await berth.try(['start', '-a', 'user'])).toMatchObject({ code: 0, stdout: 'new' })
      await berth('rm', 'user')
      for (const refused of [await on('rmi', plain), await on('rmi', '-f', found.Id), await on('tag', plain, 'x')])
        expect(refused).toMatchObject({ code: 125, stderr: expect.stringContaining('read-only') })
      expect(await on('rmi', '-a', '-f')).toMatchObject({ code: 0, stdout: '' })
      expect(await on('system', 'prune', '-a', '-f')).toMatchObject({ code: 0, stdout: 'Total reclaimed space: 0B\n' })
      expect(await on('system', 'check')).toMatchObject({ code: 0, stdout: '' })
      expect(stateOf(store)).toEqual(before)
      expect(await berth('images', '-q')).toBe('')
    })

    test('what is saved from them is the same image', async () => {
      const archive = join(berth.root ? stage.folder : berth.user.home, `from-${kind.split(' ')[1]}.tar`)
      try {
        expect(await on('save', '-q', '-o', archive, plain)).toMatchObject({ code: 0 })
        const id = (await on('image', 'inspect', '--format', '{{.Id}}', plain)).stdout.trim()
        await berth('load', '-q', '-i', archive)
        expect(await berth('images', '-q', '--no-trunc')).toBe(`sha256:${id}`)
        // The store's own comes first now, and can be removed.
        const listed = JSON.parse((await on('images', '--format', 'json')).stdout) as { Id: string; ReadOnly?: boolean }[]
        expect(listed.find(({ Id }) => Id === id)?.ReadOnly).toBeUndefined()
        expect(await on('rmi', plain)).toMatchObject({ code: 0 })
      } finally {
        rmSync(archive, { force: true })
        await clear(berth)
      }
    })
  })

  test.each([podmanStore, berthStore, podmanCopies, berthCopies])('a store of copies reads %s', async (store) => {
    const own = join(berth.root ? stage.folder : berth.user.home, 'copies')
    const on = (...args: string[]) =>
      berth.try([
        ...['--root', join(own, 'store'), '--runroot', join(own, 'run'), '--storage-driver', 'vfs'],
        ...['--storage-opt', `additionalimagestore=${store}`, ...args],
      ])
    try {
      const ran = await on('run', '--rm', '--network', 'none', plain, 'sh', '-c', 'ls /data; cat /data/kept; echo x > /data/y')
      expect(ran).toMatchObject({ code: 0, stdout: 'kept\nnew\nkept', stderr: '' })
      expect(await on('system', 'check')).toMatchObject({ code: 0, stdout: '' })
    } finally {
      await on('rm', '-a', '-f', '-t', '0')
      await must('rm', ['-rf', own])
    }
  })

  test('folders that hide those below: shown correctly, or refused with a message', async () => {
    const ran = await berth.try([
      '--storage-opt',
      `additionalimagestore=${podmanStore}`,
      'run',
      '--rm',
      '--network',
      'none',
      opaque,
      'ls',
      '/data',
    ])
    if (berth.root) expect(ran).toMatchObject({ code: 0, stdout: 'new\n' })
    else
      expect(ran).toMatchObject({
        code: 125,
        stderr: expect.stringMatching(/hides folders .* pull the image into the store instead/),
      })
  })

  test.each(berth.root ? [] : [name])('storage.conf names them, and one that is damaged hurts nobody', async () => {
    const conf = join(folder, 'storage.conf')
    const broken = join(folder, 'broken')
    mkdirSync(join(broken, 'overlay-images'), { recursive: true })
    writeFileSync(join(broken, 'overlay-images/images.json'), '[{"id":"../../etc","layer":"x"},{]')
    writeFileSync(
      conf,
      `[storage]\ndriver = "overlay"\n[storage.options]\nadditionalimagestores = [\n  "${broken}",\n  "${podmanStore}",\n]\n`,
    )
    chmodSync(conf, 0o644)
    // Root's tests have `--root`, which sets storage.conf aside.
    const listed = await berth.try(['images', '--format', '{{.Repository}}'], { env: { CONTAINERS_STORAGE_CONF: conf } })
    expect(listed.stdout.split('\n')).toContain(plain.replace(/:latest$/, ''))
    expect(listed.stderr).toContain('broken')
  })
})
