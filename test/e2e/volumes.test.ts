import { chownSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, everyone, pullImages } from '../support/berth.ts'

const { images } = inject('stage')

describe.each(everyone)('volumes as %s', (name) => {
  const berth = berthAs(name)
  beforeAll(async () => {
    await pullImages(berth, images.busybox, images.layers)
    // The store may be one that other files used before.
    await berth('system', 'prune', '-f', '--volumes')
  })
  afterEach(async () => {
    await berth.try(['rm', '-a', '-f', '-v', '-t', '0'])
    await berth('system', 'prune', '-f', '--volumes')
    if (folders().length > 0) throw new Error(`Volumes are left: ${folders().join(', ')}.`)
  })
  afterAll(() => clear(berth))

  const folder = (...path: string[]) => join(berth.store, 'volumes', ...path)
  const folders = () => (existsSync(folder()) ? readdirSync(folder()).filter((each) => each !== '.staging') : [])
  const create = (...args: string[]) => berth('create', '--network', 'none', ...args)
  const sh = (mount: string, script: string) =>
    berth('run', '--rm', '--network', 'none', '-v', mount, images.busybox, 'sh', '-c', script)

  test('anonymous ones are removed with rm -v, run --rm and rm -a -v, and stay with rm; those with a name stay', async () => {
    const both = ['-v', '/anonymous', '-v', 'kept:/kept', images.busybox, 'true']
    await berth('rm', '-v', await create(...both))
    await berth('run', '--rm', '--network', 'none', ...both)
    expect(folders()).toEqual(['kept'])
    await berth('rm', await create(...both))
    expect(folders()).toHaveLength(2)
    expect(await berth('system', 'check')).toBe('')
  })

  test('runs beside prunes have their volumes, and prunes leave nothing of any', async () => {
    const one = async (index: number) => {
      const label = ['--label', 'keep=yes', '--network', 'none', '-v', `v${index % 2}:/v`]
      return berth('run', '--rm', ...label, images.busybox, 'sh', '-c', `echo ${index} >/v/${index} && cat /v/${index}`)
    }
    const prune = () => berth('system', 'prune', '-f', '--volumes', '--filter', 'label!=keep=yes')
    const [texts] = await Promise.all([Promise.all([0, 1, 2, 3, 4, 5].map(one)), Promise.all([0, 1, 2, 3].map(prune))])
    expect(texts).toEqual(['0', '1', '2', '3', '4', '5'])
    await prune()
    expect(folders()).toEqual([])
    expect(readdirSync(folder('.staging'))).toEqual([])
    expect(await berth('system', 'check')).toBe('')
  })

  test('a new volume of the name of one that was pruned is filled from the image', async () => {
    const fill = () => berth('run', '--rm', '--network', 'none', '-v', 'v:/data', images.layers, 'cat', '/data/kept')
    expect(await fill()).toBe('kept')
    await sh('v:/v', 'echo other >/v/kept')
    expect(await fill()).toBe('other')
    expect(await berth('system', 'prune', '-f', '--volumes')).toContain('Deleted Volumes\nv\n')
    expect(await fill()).toBe('kept')
  })

  test('files that are gone are told at the start, and created again by check --repair', async () => {
    const container = await create('-v', 'v:/v', images.busybox, 'ls', '/v')
    rmSync(folder('v'), { recursive: true })
    const started = await berth.try(['start', container])
    expect(started).toMatchObject({ code: 125, stderr: expect.stringMatching(/volume "v" are missing.*system check --repair/) })
    const found = await berth.try(['system', 'check', '--quick'])
    expect(found).toMatchObject({
      code: 125,
      stdout: 'Damaged volume v:\n1 error occurred:\n\t* volume v: its files are missing, and containers mount it\n\n',
    })
    expect(await berth('system', 'check', '--repair')).toMatch(/^Repaired: Volume v, whose files were missing, was created again/)
    expect(await berth('start', '-a', container)).toBe('')
  })

  test('files without a record are found, and kept', async () => {
    await sh('first:/v', 'true')
    const lost = folder('lost', '_data')
    mkdirSync(lost, { recursive: true })
    writeFileSync(join(lost, 'file'), 'kept\n')
    if (!berth.root) for (const path of [dirname(lost), lost, join(lost, 'file')]) chownSync(path, berth.user.uid, berth.user.gid)
    expect(await berth.try(['system', 'check', '--quick'])).toMatchObject({
      code: 125,
      stdout: expect.stringContaining('* volume lost: its files are there, but no record of it\n'),
    })
    expect(await berth('system', 'check', '--repair')).toBe(
      'Repaired: Volume lost, whose files were there without a record of it, was recorded again.',
    )
    expect(await sh('lost:/v', 'cat /v/file')).toBe('kept')
  })

  test('options say what is mounted: at the first use, until the last container ends', async () => {
    await berth('volume', 'create', '-o', 'type=tmpfs', '-o', 'device=tmpfs', '-o', 'o=size=2M,mode=0750', 'memory')
    const keeper = await berth('run', '-d', '--network', 'none', '-v', 'memory:/m', images.busybox, 'sleep', '100')
    expect(await sh('memory:/m', `echo kept >/m/file; stat -c %a /m; grep -c 'tmpfs.*size=2048k' /proc/mounts`)).toBe('750\n1')
    expect(await sh('memory:/m', 'cat /m/file')).toBe('kept')
    expect(await berth('volume', 'inspect', 'memory', '--format', '{{.MountCount}} {{.Driver}}')).toBe('1 local')
    await berth('rm', '-f', '-t', '0', keeper)
    expect(await sh('memory:/m', 'ls /m')).toBe('')
    if (berth.root) {
      await berth('volume', 'mount', 'memory')
      expect(await berth('volume', 'inspect', 'memory', '--format', '{{.MountCount}}')).toBe('1')
      expect(await berth('volume', 'unmount', 'memory')).toBe('memory')
    } else {
      const refused = await berth.try(['volume', 'mount', 'memory'])
      expect(refused).toMatchObject({ code: 125, stderr: expect.stringContaining('must execute `berth unshare` first') })
    }
    expect(await berth('volume', 'rm', 'memory')).toBe('memory')
  })

  test('a folder of the host is shown and never removed with its volume', async () => {
    const host = join(berth.user.home, `volumes-${name}`)
    mkdirSync(host)
    writeFileSync(join(host, 'file'), 'host\n')
    if (!berth.root) for (const path of [host, join(host, 'file')]) chownSync(path, berth.user.uid, berth.user.gid)
    await berth('volume', 'create', '-o', 'type=none', '-o', `device=${host}`, '-o', 'o=bind', 'host')
    expect(await sh('host:/m', 'cat /m/file; echo new >/m/new')).toBe('host')
    const keeper = await berth('run', '-d', '--network', 'none', '-v', 'host:/m', images.busybox, 'sleep', '100')
    expect(await berth.try(['volume', 'rm', 'host'])).toMatchObject({
      code: 2,
      stderr: `Error: volume host is being used by the following container(s): ${keeper}: volume is being used\n`,
    })
    if (berth.root) await berth('volume', 'mount', 'host')
    expect(await berth('volume', 'rm', '-f', '-t', '0', 'host')).toBe('host')
    expect(readdirSync(host)).toEqual(['file', 'new'])
    rmSync(host, { recursive: true })
    const options = 'type=volume,src=v,dst=/m,volume-opt=type=none,volume-opt=device=/nonexistent,volume-opt=o=bind'
    const gone = await berth.try(['run', '--rm', '--network', 'none', '--mount', options, images.busybox, 'true'])
    expect(gone).toMatchObject({
      code: 126,
      stderr: expect.stringMatching(/mounting volume v: special device \/nonexistent does not exist/),
    })
  })

  test('an image as a volume keeps what is changed; owners are as they were asked for', async () => {
    await berth('volume', 'create', '-d', 'image', '-o', `image=${images.layers}`, 'image')
    expect(await sh('image:/m', 'cat /m/data/kept; echo own >/m/own')).toBe('kept')
    expect(await sh('image:/m', 'cat /m/own /m/data/kept')).toBe('own\nkept')
    await berth('volume', 'create', '--uid', '7', '--gid', '8', 'owned')
    expect(await sh('owned:/m', 'stat -c %u:%g /m')).toBe('7:8')
    expect(await sh('fresh:/m', 'stat -c %u:%g /m')).toBe('0:0')
  })

  test('files go out and in as archives', async () => {
    await sh('from:/m', 'mkdir /m/sub; echo text >/m/sub/file; ln -s /etc/passwd /m/link; chown 5:6 /m/sub/file')
    const archive = join(berth.user.home, 'volume.tar')
    await berth('volume', 'export', '-o', archive, 'from')
    await berth('volume', 'create', 'to')
    await berth('volume', 'import', 'to', archive)
    expect(await sh('to:/m', 'cat /m/sub/file; readlink /m/link; stat -c %u:%g /m/sub/file')).toBe('text\n/etc/passwd\n5:6')
    expect(await berth.try(['volume', 'import', 'nope', archive])).toMatchObject({ code: 125 })
    const junk = await berth.try(['volume', 'import', 'to', '-'], { input: 'junk' })
    expect(junk).toMatchObject({ code: 125, stderr: expect.stringMatching(/^Error: /) })
    rmSync(archive)
  })
})

test.each(anyone)('the commands about volumes say what podman says, as %s', async (name) => {
  const berth = berthAs(name)
  expect(await berth('volume', 'create', '-l', 'a=b', 'one')).toBe('one')
  expect(await berth.try(['volume', 'create', 'one'])).toMatchObject({
    code: 125,
    stderr: 'Error: volume with name one already exists: volume already exists\n',
  })
  expect(await berth('volume', 'create', '--ignore', 'one')).toBe('one')
  expect(await berth('volume', 'create')).toMatch(/^[0-9a-f]{64}$/)
  expect(await berth('volume', 'ls', '-f', 'label=a')).toBe('DRIVER      VOLUME NAME\nlocal       one')
  expect(await berth('volume', 'ls', '-q', '-f', 'name=^o', '-f', 'dangling=true')).toBe('one')
  const [{ CreatedAt, ...inspected }] = await berth.json('volume', 'inspect', 'one')
  expect(inspected).toEqual({
    Name: 'one',
    Driver: 'local',
    Mountpoint: join(berth.store, 'volumes/one/_data'),
    Labels: { a: 'b' },
    Scope: 'local',
    Options: {},
    MountCount: 0,
    NeedsCopyUp: true,
    NeedsChown: true,
    LockNumber: 0,
  })
  expect(Date.parse(CreatedAt)).toBeGreaterThan(Date.now() - 600_000)
  expect((await berth.try(['volume', 'exists', 'one'])).code).toBe(0)
  expect((await berth.try(['volume', 'exists', 'on'])).code).toBe(1)
  for (const [args, code, message] of [
    [['rm', 'nope'], 1, 'no volume with name "nope" found: no such volume'],
    [['rm'], 125, 'choose either one or more volumes or all'],
    [['inspect', 'nope'], 125, 'no such volume nope'],
    [['create', 'a/b'], 125, 'names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*'],
    [['create', '-o', 'bogus=1', 'b'], 125, "invalid mount option bogus for driver 'local'"],
    [['create', '-d', 'nope', 'b'], 125, 'plugins are not supported'],
    [['ls', '-f', 'bad=1'], 125, '"bad" is an invalid volume filter'],
    [['prune', '-f', '--filter', 'bad=1'], 125, '"bad" is an invalid volume filter'],
  ] as [string[], number, string][])
    expect(await berth.try(['volume', ...args]), args.join(' ')).toMatchObject({ code, stderr: expect.stringContaining(message) })
  expect(await berth('volume', 'rm', '--force', 'nope')).toBe('')
  expect(await berth('volume', 'prune', '-f', '--filter', 'label=a')).toBe('one')
  expect((await berth('volume', 'prune', '-f')).split('\n')).toHaveLength(1)
  const events = await berth('events', '--stream=false', '--since', '1m', '--filter', 'volume=one', '--format', '{{.Status}}')
  expect(events.split('\n').slice(-2)).toEqual(['remove', 'prune'])
})
