import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { berthAs, everyone } from '../support/berth.ts'
import { busyboxFiles, image, packLayer } from '../support/images.ts'
import { eventually, must } from '../support/processes.ts'
import { type Registry, startRegistry } from '../support/registry.ts'

const stage = inject('stage')
const folder = join(stage.folder, 'drivers')
let registry: Registry
let layered: string

beforeAll(async () => {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  registry = await startRegistry(join(folder, 'registry'))
  layered = await registry.push(
    image('berth/layered', [
      await packLayer(busyboxFiles(), folder),
      await packLayer({ 'data/old': { text: 'old' }, 'data/kept': { text: 'kept' }, 'hidden/old': { text: 'old' } }, folder),
      await packLayer(
        { 'data/.wh.old': {}, 'data/new': { text: 'new' }, 'hidden/.wh..wh..opq': {}, 'hidden/new': { text: 'n' } },
        folder,
      ),
    ]),
  )
})
afterAll(async () => {
  await registry.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe.each(everyone)('the storage driver vfs, as %s', (name) => {
  const berth = berthAs(name)
  const home = join(berth.root ? stage.folder : berth.user.home, 'vfs')
  const store = join(home, 'store')
  const on = (...args: string[]) => berth.try(['--root', store, '--runroot', join(home, 'run'), ...args])
  const must0 = async (...args: string[]): Promise<string> => {
    const result = await on(...args)
    expect(result.code, `${args.join(' ')}: ${result.stderr}`).toBe(0)
    return result.stdout
  }

  beforeAll(async () => {
    await must0('--storage-driver', 'vfs', 'pull', '-q', '--tls-verify=false', layered)
  })
  // What users made belongs to ids of theirs.
  afterAll(() => must('rm', ['-rf', home]))

  test('it is named, and kept; others are refused by name', async () => {
    const named = await on('info', '--format', '{{.Store.GraphDriverName}} {{len .Store.GraphStatus}}')
    expect(named).toMatchObject({ code: 0, stdout: 'vfs 0\n', stderr: '' })
    expect(await on('--storage-driver', 'overlay', 'info', '--format', '{{.Store.GraphDriverName}}')).toMatchObject({
      code: 0,
      stdout: 'vfs\n',
      stderr: expect.stringMatching(/has the storage driver vfs and keeps it/),
    })
    expect(await on('--storage-driver', 'btrfs', 'info')).toMatchObject({
      code: 125,
      stderr: expect.stringMatching(/btrfs.*overlay.*vfs/),
    })
  })

  test('a container sees what its layers say, on a mount without devices, and keeps what it writes', async () => {
    const script = 'ls /data /hidden; echo more > /data/kept; rm /data/new; grep " / / \\|/upper / " /proc/self/mountinfo >/flags'
    expect(await must0('run', '--name', 'one', '--network', 'none', layered, 'sh', '-c', script)).toBe(
      '/data:\nkept\nnew\n\n/hidden:\nnew\n',
    )
    expect(await must0('start', '-a', 'one').catch(String)).toBe('/data:\nkept\n\n/hidden:\nnew\n')
    await must0('create', '--name', 'two', '--network', 'none', layered, 'sh', '-c', 'cat /data/kept /data/new')
    expect(await must0('start', '-a', 'two')).toBe('keptnew')
    expect((await must0('ps', '-a', '-s', '--filter', 'name=two', '--format', '{{.Size}}')).split(' ')[0]).toBe('0B')
    const [{ GraphDriver }] = JSON.parse(await must0('inspect', 'one'))
    expect(GraphDriver).toEqual({ Name: 'vfs', Data: null })
    const [{ GraphDriver: ofImage }] = JSON.parse(await must0('image', 'inspect', layered))
    expect(ofImage).toEqual({ Name: 'vfs', Data: null })
    await must0('export', '-o', join(home, 'one.tar'), 'one')
    const exported = await must('tar', ['-xOf', join(home, 'one.tar'), 'flags', 'data/kept'])
    expect(exported).toMatch(/ \/ \S*nodev\S* /)
    expect(exported).toContain('more\n')
    expect(await on('run', '--rm', '--read-only', '--network', 'none', layered, 'touch', '/x')).toMatchObject({ code: 1 })
    await must0('rm', 'one', 'two')
  })

  test('images are compared and mounted read-only', async () => {
    expect((await must0('image', 'diff', layered)).trim().split('\n').toSorted()).toEqual([
      'A /data/new',
      'A /hidden/new',
      'C /data',
      'C /hidden',
      'D /data/old',
      'D /hidden/old',
    ])
    if (!berth.root) {
      // As with podman: what is mounted in their own mount namespace nobody else would see.
      expect(await on('image', 'mount', layered)).toMatchObject({ code: 125 })
      return
    }
    const place = (await must0('image', 'mount', layered)).trim()
    try {
      expect(readdirSync(join(place, 'data'))).toEqual(['kept', 'new'])
      expect(() => writeFileSync(join(place, 'x'), '')).toThrow('EROFS')
      expect(await must0('image', 'mount')).toContain(place)
    } finally {
      await must0('image', 'umount', layered)
    }
    expect(existsSync(place)).toBe(false)
  })

  test('check finds a damaged layer and repairs it; df and prune count', async () => {
    await must0('create', '--name', 'user', '--network', 'none', layered, 'sh', '-c', 'cat /data/kept')
    const [top] = readdirSync(join(store, 'layers')).filter((id) => existsSync(join(store, 'layers', id, 'diff/data/.wh.old')))
    await must('sh', ['-c', `echo bad > '${store}/layers/${top}/diff/data/new'`])
    expect(await on('system', 'check')).toMatchObject({ code: 125, stdout: expect.stringContaining('data/new') })
    expect(await must0('system', 'check', '--repair')).toContain('unpacked again from its blob')
    expect(await on('system', 'check')).toMatchObject({ code: 0, stdout: '' })
    expect(await must0('start', '-a', 'user')).toBe('kept')
    const rows = JSON.parse(await must0('system', 'df', '--format', 'json'))
    expect(rows.find(({ Type }: { Type: string }) => Type === 'Containers')).toMatchObject({ Total: 1 })
    expect(await must0('container', 'prune', '-f')).toMatch(/^[0-9a-f]{64}\n/)
    expect(readdirSync(join(store, 'containers'))).toEqual([])
  })

  test.each(berth.root ? [name] : [])('a checkpoint takes what was changed and removed along', async () => {
    const archive = join(home, 'checkpoint.tar.zst')
    const script = 'rm /data/kept; echo changed > /data/new; touch /ready; while :; do sleep 0.1; done'
    await must0('run', '-d', '--name', 'there', '--network', 'none', layered, 'sh', '-c', script)
    await eventually('it has written', async () => (await on('exec', 'there', 'ls', '/ready')).code === 0)
    await must0('container', 'checkpoint', '--export', archive, 'there')
    await must0('rm', 'there')
    await must0('container', 'restore', '--import', archive, '--name', 'here')
    expect(await must0('exec', 'here', 'sh', '-c', 'ls /data; cat /data/new')).toBe('new\nchanged\n')
    await must0('rm', '-f', '-t', '0', 'here')
  })

  test('storage.conf and STORAGE_DRIVER choose it; with --root they are left aside', async () => {
    const conf = join(home, 'storage.conf')
    const driver = async (text: string, env: Record<string, string>, ...args: string[]) => {
      const own = join(home, 'chosen')
      writeFileSync(
        conf,
        `[storage]\n${text}\nrunroot = "${join(own, 'run/containers')}"\ngraphroot = "${join(own, 'containers')}"\n`,
        { mode: 0o644 },
      )
      try {
        return await must(
          'env',
          [
            '-i',
            ...Object.entries({ ...berth.command().env, CONTAINERS_STORAGE_CONF: conf, ...env }).map(
              ([key, value]) => `${key}=${value}`,
            ),
            ...program(),
            ...args,
            'info',
            '--format',
            '{{.Store.GraphDriverName}}',
          ],
          { cwd: home },
        )
      } finally {
        await must('rm', ['-rf', own])
      }
    }
    // Without the folders that the tests of root give.
    const program = (): string[] =>
      berth
        .command()
        .argv.filter((each, at, all) => ![each, all[at - 1] ?? ''].some((word) => word === '--root' || word === '--runroot'))
    expect(await driver('driver = "vfs"', {})).toBe('vfs\n')
    expect(await driver('driver = "vfs"', { STORAGE_DRIVER: 'overlay' })).toBe('overlay\n')
    expect(await driver('driver = ""\ndriver_priority = ["vfs", "overlay"]', {})).toBe('vfs\n')
    expect(await driver('driver = ""', {})).toBe('overlay\n')
    expect(await driver('driver = "vfs"', {}, '--root', join(home, 'chosen/store'), '--runroot', join(home, 'chosen/run'))).toBe(
      'overlay\n',
    )
  })

  test('what is removed is gone', async () => {
    await must0('create', '--name', 'last', layered, 'true')
    await must0('rm', '-a', '-f', '-t', '0')
    await must0('rmi', '-a', '-f')
    for (const each of ['containers', 'layers', 'l', 'staging']) expect(readdirSync(join(store, each))).toEqual([])
  })
})
