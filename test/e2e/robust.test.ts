import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, type Berth, berthAs, clear, everyone } from '../support/berth.ts'
import { crashTest, type Ground, manyFiles } from '../support/crash.ts'
import { busyboxFiles, image, packLayer } from '../support/images.ts'
import { eventually, must, run, slowness } from '../support/processes.ts'
import { type Registry, startRegistry } from '../support/registry.ts'

const stage = inject('stage')
const { images } = stage
const folder = join(stage.folder, 'robust')
let registry: Registry
let many: string

beforeAll(async () => {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  registry = await startRegistry(join(folder, 'registry'))
  many = await registry.push(await manyFiles(folder))
  writeFileSync(join(folder, 'registries.conf'), `[[registry]]\nlocation = "${registry.host}"\ninsecure = true\n`)
})
afterAll(async () => {
  await registry.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** `berth` on a store of its own, below a folder that only this user can look into. */
async function groundFor(berth: Berth, name: string): Promise<Ground & { remove(): Promise<void> }> {
  const home = berth.root ? join(folder, name) : join(berth.user.home, `.berth-robust-${name}`)
  const [store, runRoot] = [join(home, 'store'), join(home, 'run')]
  const conf = join(folder, 'registries.conf')
  const command = (...args: string[]) => {
    const { argv, env } = berth.command('--root', store, '--runroot', runRoot, ...args)
    return { argv, env: { ...env, CONTAINERS_REGISTRIES_CONF: conf } }
  }
  const call = (...args: string[]) => {
    const { argv, env } = command(...args)
    return run(argv[0]!, argv.slice(1), { env, cwd: berth.user.home })
  }
  const archive = join(home, 'archive.tar')
  // The store's owner makes it, in their name space.
  expect(await call('pull', '-q', many)).toMatchObject({ code: 0 })
  expect(await call('save', '-q', '-o', archive, many)).toMatchObject({ code: 0 })
  return {
    berth: call,
    command,
    store,
    run: runRoot,
    image: many,
    archive,
    remove: async () => {
      await call('rm', '-a', '-f', '-t', '0')
      await call('rmi', '-a', '-f')
      rmSync(home, { recursive: true, force: true })
    },
  }
}

const rounds = Number(process.env.BERTH_CRASH_ROUNDS ?? '4')
const seed = Number(process.env.BERTH_CRASH_SEED ?? Math.floor(Math.random() * 1e9))

test(
  `kill -9 at a random moment, ${rounds} times: the store opens, check repairs it, and nothing is orphaned`,
  { timeout: rounds * 20_000 * slowness },
  async () => {
    const grounds = await Promise.all(
      everyone.flatMap((name) => ['a', 'b'].map((each) => groundFor(berthAs(name), `${name}-${each}`))),
    )
    try {
      const each = Math.ceil(rounds / grounds.length)
      const found = await Promise.all(grounds.map((ground, i) => crashTest(ground, each, seed + i)))
      expect(found.flat()).toEqual([])
    } finally {
      for (const ground of grounds) await ground.remove()
    }
  },
)

describe.each(anyone)('nothing is lost, as %s', (name) => {
  const berth = berthAs(name)
  afterEach(() => clear(berth))

  test('two that pull the same image both succeed; pulls beside removals and prunes leave a store that is well', async () => {
    const both = await Promise.all([1, 2, 3].map(() => berth('pull', '-q', images.layers)))
    expect(new Set(both).size).toBe(1)
    await Promise.all([
      berth('pull', '-q', images.zstd),
      berth.try(['rmi', images.layers]),
      berth('image', 'prune', '-f'),
      berth.try(['image', 'prune', '-a', '-f']),
      berth('pull', '-q', images.layers),
    ])
    expect(await berth('system', 'check')).toBe('')
    for (const id of new Set((await berth('images', '-q')).split('\n').filter(Boolean)))
      expect(await berth('run', '--rm', '--network', 'none', id, 'cat', '/data/kept')).toBe('kept')
  })

  test('a damaged layer is found, repaired from its blob, and reported as podman does', async () => {
    const id = await berth('pull', '-q', images.layers)
    const [details] = await berth.json('image', 'inspect', id)
    const top = details.GraphDriver.Data.UpperDir as string
    writeFileSync(join(top, 'more'), '')
    expect(await berth.try(['system', 'check', '--quick'])).toMatchObject({ code: 0 })
    const found = await berth.try(['system', 'check'])
    expect(found).toMatchObject({ code: 125, stderr: 'Error: damage detected in local storage\n' })
    expect(found.stdout).toMatch(
      /^Damaged layer [0-9a-f]{64}:\n1 error occurred:\n\t\* layer .* "more" does not belong there\n\n/,
    )
    expect(found.stdout).toContain(`Damaged image ${id}:\n`)
    const repaired = await berth.try(['system', 'check', '--repair'])
    expect(repaired).toMatchObject({ code: 0, stderr: '' })
    expect(repaired.stdout).toMatch(/Repaired: The layer [0-9a-f]{12} was unpacked again from its blob\.\n$/)
    expect(await berth('system', 'check')).toBe('')
    expect(await berth('run', '--rm', '--network', 'none', id, 'cat', '/data/kept')).toBe('kept')
  })

  test('rmi: by id with several names, in use, unknown, --ignore, --all, --force', async () => {
    const id = await berth('pull', '-q', images.busybox)
    await berth('tag', id, 'localhost/other:1')
    const names = `[localhost/other:1 ${images.busybox}]`
    expect(await berth.try(['rmi', id])).toMatchObject({
      code: 125,
      stderr: `Error: unable to delete image "${id}" by ID with more than one tag (${names}): please force removal\n`,
    })
    const user = await berth('create', images.busybox, 'true')
    expect(await berth.try(['rmi', images.busybox])).toMatchObject({ code: 0, stdout: `Untagged: ${images.busybox}\n` })
    const inUse = `image used by ${user}: image is in use by a container: consider listing external containers and force-removing image`
    expect(await berth.try(['rmi', 'other:1'])).toMatchObject({ code: 2, stderr: `Error: ${inUse}\n` })
    expect(await berth.try(['rmi', '--all'])).toMatchObject({ code: 2, stderr: `Error: ${inUse}\n` })
    expect(await berth.try(['rmi', 'nosuch', 'other:1'])).toMatchObject({
      code: 2,
      stderr: `Error: 2 errors occurred:\n\t* nosuch: image not known\n\t* ${inUse}\n`,
    })
    expect((await berth.try(['rmi', 'nosuch'])).code).toBe(1)
    expect(await berth.try(['rmi', '--ignore', 'nosuch'])).toMatchObject({ code: 0, stderr: '' })
    expect(await berth('rmi', '--all', '--force')).toBe(`Untagged: localhost/other:1\nDeleted: ${id}`)
    expect(await berth('ps', '-a', '-q')).toBe('')
    expect(await berth.try(['rmi', '--all'])).toMatchObject({ code: 0, stdout: '' })
  })

  test('system prune asks, removes and tells what it freed', async () => {
    const id = await berth('pull', '-q', images.busybox)
    const [{ Size: size }] = await berth.json('image', 'inspect', id)
    const container = await berth('create', images.busybox, 'true')
    const asked = await berth.try(['system', 'prune', '-a', '--volumes'], { input: 'n\n' })
    expect(asked.stdout).toContain(
      'WARNING! This command removes:\n\t- all stopped containers\n\t- all networks not used by at least one container\n\t- all volumes not used by at least one container\n\t- all images without at least one container associated with them\n\t- all build cache\n\nAre you sure you want to continue? [y/N] ',
    )
    expect(await berth('ps', '-a', '-q', '--no-trunc')).toBe(container)
    const human = `${Number((size / 1e6).toPrecision(4))}MB`
    expect(await berth('system', 'prune', '-a', '-f')).toBe(
      `Deleted Containers\n${container}\nDeleted Images\n${id}\nTotal reclaimed space: ${human}`,
    )
    expect(await berth('system', 'prune', '-f')).toBe('Total reclaimed space: 0B')
  })
})

describe.skipIf(!everyone.includes('root'))('a full disk, as root', () => {
  const disk = join(folder, 'disk')

  test('every command says so, and everything can be removed and works again', { timeout: 60_000 * slowness }, async () => {
    await mountSmallDisk(disk)
    const root = berthAs('root')
    const on = (...args: string[]) => {
      const { argv, env } = root.command('--root', join(disk, 'store'), '--runroot', join(folder, 'disk-run'), ...args)
      return run(argv[0]!, argv.slice(1), { env: { ...env, CONTAINERS_REGISTRIES_CONF: join(folder, 'registries.conf') } })
    }
    const full = {
      code: 125,
      stderr: expect.stringMatching(new RegExp(`The disk that holds ${disk}\\S* is full: remove images`)),
    }
    try {
      const { big, small } = await imagesForDisk()
      const archive = join(folder, 'big.tar')
      expect(await root.try(['--root', join(folder, 'whole'), 'pull', '-q', '--tls-verify=false', big])).toMatchObject({
        code: 0,
      })
      expect(await root.try(['--root', join(folder, 'whole'), 'save', '-q', '-o', archive, big])).toMatchObject({ code: 0 })
      expect(await on('pull', '-q', big)).toMatchObject(full)
      expect(await on('load', '-q', '-i', archive)).toMatchObject(full)
      // All of it was given back.
      expect(await on('pull', '-q', small)).toMatchObject({ code: 0 })
      const filler = ['sh', '-c', 'dd if=/dev/zero of=/f bs=64k; dd if=/dev/zero of=/g bs=1k; echo full; sleep 1000']
      expect(await on('run', '-d', '--name', 'filler', '--network', 'none', small, ...filler)).toMatchObject({ code: 0 })
      await eventually('a full disk', async () => statfsSync(disk).bavail * statfsSync(disk).bsize < 64 * 1024)
      expect(await on('pull', '-q', big)).toMatchObject(full)
      expect((await on('images', '-q')).code).toBe(0)
      expect(await on('rm', '-f', '-t', '0', 'filler')).toMatchObject({ code: 0 })
      expect(await on('run', '--rm', '--network', 'none', small, 'echo', 'well')).toMatchObject({ code: 0, stdout: 'well\n' })
      expect(await on('system', 'check')).toMatchObject({ code: 0, stdout: '' })
    } finally {
      await on('rm', '-a', '-f', '-t', '0')
      await must('umount', [disk])
    }
  })
})

async function mountSmallDisk(disk: string): Promise<void> {
  mkdirSync(disk, { recursive: true })
  // A file system of memory takes the place of a disk in a file where there are no loop devices.
  const file = `${disk}.img`
  await must('truncate', ['-s', '24M', file])
  const made = await run('mkfs.ext4', ['-q', '-F', file]).catch(() => ({ code: 1 }))
  if (made.code === 0 && (await run('mount', ['-o', 'loop', file, disk])).code === 0) return
  await must('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk])
}

async function imagesForDisk(): Promise<{ big: string; small: string }> {
  const base = await packLayer(busyboxFiles(), folder)
  const files = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [`big/${i}`, { text: randomBytes(512 * 1024).toString('base64') }]),
  )
  return {
    big: await registry.push(image('berth/big', [base, await packLayer(files, folder)])),
    small: await registry.push(image('berth/small', [base])),
  }
}
