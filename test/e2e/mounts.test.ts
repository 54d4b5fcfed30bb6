import type { ChildProcess } from 'node:child_process'
import {
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, everyone, pullImages } from '../support/berth.ts'
import { end, eventually, run } from '../support/processes.ts'
import { become, environment } from '../support/users.ts'

const stage = inject('stage')
const { images } = stage

describe.each(everyone)('mounts as %s', (name) => {
  const berth = berthAs(name)
  // The same for everyone.
  const once = anyone.filter((each) => each === name)
  const folder = join(stage.folder, `mounts-${name}`)
  const socket = join(berth.root ? stage.folder : berth.user.runtime, 'mounts.sock')
  let service: ChildProcess
  let volumes = 0

  beforeAll(async () => {
    await pullImages(berth, images.busybox, images.layers)
    mkdirSync(folder, { mode: 0o755 })
    own(folder)
  })
  afterEach(async () => {
    await berth.try(['rm', '-a', '-f', '-t', '0'])
    await nothingPrepared()
    await berth('system', 'check', '--quick')
  })
  afterAll(async () => {
    await clear(berth)
    rmSync(folder, { recursive: true, force: true })
  })

  const own = (path: string) => chownSync(path, berth.user.uid, berth.user.gid)
  const makeOwn = (path: string) => {
    mkdirSync(path, { recursive: true })
    own(path)
  }
  const prepared = () => (existsSync(join(berth.run, 'mounts')) ? readdirSync(join(berth.run, 'mounts')) : [])
  /** What a run leaves to its monitor's exit command is gone a moment later. */
  const nothingPrepared = () => eventually('the end of prepared mounts', () => prepared().length === 0)
  const sh = (...args: string[]) => berth('run', '--rm', '--network', 'none', ...args)
  const attempt = (...args: string[]) => berth.try(['run', '--rm', '--network', 'none', ...args])

  /** A folder of the host's with a file in it, the user's own. */
  function source(path: string): string {
    const full = join(folder, path)
    mkdirSync(full, { recursive: true })
    writeFileSync(join(full, 'file'), 'host\n')
    for (let at = full; at !== folder; at = join(at, '..')) own(at)
    own(join(full, 'file'))
    return full
  }

  /** A volume, filled by a container. */
  async function volume(script: string): Promise<string> {
    const volumeName = `mounts-${name}-${++volumes}`
    await sh('-v', `${volumeName}:/v`, images.busybox, 'sh', '-c', script)
    return volumeName
  }

  test("what is written to an overlay is the container's own, and stays until it is removed", async () => {
    const host = source('plain')
    await berth(
      'create',
      '--name',
      'own',
      '--network',
      'none',
      '-v',
      `${host}:/m:O`,
      images.busybox,
      'sh',
      '-c',
      'cat /m/file; echo changed >/m/file; rm -f /m/gone; echo >/m/new',
    )
    expect(await berth('start', '-a', 'own')).toBe('host')
    expect(readdirSync(host)).toEqual(['file'])
    expect(readFileSync(join(host, 'file'), 'utf8')).toBe('host\n')
    await nothingPrepared()
    expect(await berth('start', '-a', 'own')).toBe('changed')
    const [{ Id, Mounts }] = await berth.json('inspect', 'own')
    const kept = join(berth.store, 'containers', Id, 'overlays')
    expect(Mounts).toEqual([
      expect.objectContaining({
        Type: 'bind',
        Destination: '/m',
        RW: true,
        Options: [`lowerdir=${host}`, `upperdir=${kept}/0/upper`, `workdir=${kept}/0/work`],
      }),
    ])
    expect(existsSync(kept)).toBe(true)
    await berth('rm', 'own')
    expect(existsSync(kept)).toBe(false)
    expect(readFileSync(join(host, 'file'), 'utf8')).toBe('host\n')
    // Also over a folder of the system's, whose owner an ordinary user's namespace does not know.
    expect(await sh('-v', '/usr:/m:O', images.busybox, 'sh', '-c', 'echo own >/m/own; cat /m/own')).toBe('own')
    expect(existsSync('/usr/own')).toBe(false)
  })

  test('overlays on volumes: filled from the image, read-only if asked, left as they were', async () => {
    const kept = await volume('echo volume >/v/file')
    const change = 'echo changed >/v/file; cat /v/file'
    expect(await sh('-v', `${kept}:/v:O`, images.busybox, 'sh', '-c', change)).toBe('changed')
    expect((await attempt('-v', `${kept}:/v:O,ro`, images.busybox, 'touch', '/v/x')).stderr).toMatch(/Read-only/)
    expect(await sh('-v', `${kept}:/v`, images.busybox, 'cat', '/v/file')).toBe('volume')
    expect(await sh('-v', `mounts-${name}-image:/data:O`, images.layers, 'cat', '/data/kept')).toBe('kept')
  })

  test('upper and work folder of the caller, also as seen from where the command runs', async () => {
    const host = source('lower')
    for (const each of ['upper', 'work']) makeOwn(join(folder, each))
    const args = ['-v', './lower:/m:O,upperdir=upper,workdir=work', images.busybox, 'sh', '-c', 'echo mine >/m/new; ls /m']
    const { stdout, stderr } = await berth.try(['run', '--rm', '--network', 'none', ...args], { cwd: folder })
    expect(stdout, stderr).toBe('file\nnew\n')
    expect(readdirSync(host)).toEqual(['file'])
    expect(readFileSync(join(folder, 'upper/new'), 'utf8')).toBe('mine\n')
  })

  test.each(
    [
      ['a file', 'file:/m:O', 125, /not a directory/],
      ['read-only', ':/m:O,ro', 125, /can't use 'O' with other options.*"ro"/],
      ['a label', ':/m:O,z', 125, /"z"/],
      ['twice', ':/m:O,O', 125, /can only specify 1/],
      ['only an upper folder', ':/m:O,upperdir=/tmp', 125, /must set both/],
      ['an upper folder that is not there', ':/m:O,upperdir=/nonexistent,workdir=/tmp', 125, /statfs \/nonexistent/],
      ['an unknown option', ':/m:O,foo', 125, /"foo"/],
      ['an upper folder without O', ':/m:upperdir=/tmp,workdir=/tmp', 125, /unknown mount option "upperdir/],
    ].filter(() => once.length > 0) as [string, string, number, RegExp][],
  )('an overlay of %s is refused', async (_, text, code, message) => {
    const host = source('refused')
    const [place, ...rest] = text.split(':')
    const result = await attempt('-v', [join(host, place!), ...rest].join(':'), images.busybox, 'true')
    expect(result.stderr).toMatch(message)
    expect(result.code).toBe(code)
    expect(await berth('ps', '-aq')).toBe('')
  })

  test.each(once)('by REST: folders whose names separate options, long ones, and many', async () => {
    service = berth.start('system', 'service', '--time', '0', `unix://${socket}`)
    service.stderr!.on('data', () => {})
    await eventually('the socket', () => existsSync(socket), 20_000)
    try {
      const odd = [source('odd:name,with=all\\of "it"'), source(Array.from({ length: 14 }, () => 'x'.repeat(200)).join('/'))]
      const many = Array.from({ length: 12 }, (__, each) => source(`many/${each}`))
      const places = [...odd, ...many]
      const overlays = places.map((each, index) => ({ source: each, destination: `/m${index}`, options: ['O'] }))
      const body = {
        image: images.busybox,
        name: 'rest',
        netns: { nsmode: 'none' },
        overlay_volumes: overlays,
        command: ['sh', '-c', 'for i in /m*; do echo x >$i/file; cat $i/file; done'],
      }
      expect(await post('/libpod/containers/create', body)).toBe(201)
      const printed = await berth('start', '-a', 'rest')
      expect(printed).toBe(places.map(() => 'x').join('\n'))
      for (const each of places) expect(readFileSync(join(each, 'file'), 'utf8')).toBe('host\n')
      const bad = {
        ...body,
        name: 'bad',
        overlay_volumes: [{ source: places[0], destination: '/m', options: ['O', 'noexec'] }],
      }
      expect(await post('/libpod/containers/create', bad)).toBe(400)
      expect(
        await post('/libpod/containers/create', {
          ...body,
          name: 'bad',
          overlay_volumes: [{ source: places[0], destination: '/m', label: 'z' }],
        }),
      ).toBe(400)
    } finally {
      await end(service)
    }
  })

  async function post(path: string, body: unknown): Promise<number> {
    const args = [
      '-sS',
      '-o',
      '/dev/null',
      '-w',
      '%{http_code}',
      '--unix-socket',
      socket,
      '-H',
      'content-type: application/json',
      '-d',
      '@-',
      `http://d/v5.0.0${path}`,
    ]
    const [program, ...rest] = [...become(berth.user), 'curl', ...args]
    return Number((await run(program!, rest, { env: environment(berth.user), input: JSON.stringify(body) })).stdout)
  }

  test('of a volume only the sub-folder is shown, found inside the volume', async () => {
    const kept = await volume(
      'mkdir -p /v/a/b; echo secret >/v/top; echo in >/v/a/b/f; ln -s / /v/root; ln -s a /v/inside; ln -s ../.. /v/a/up; ln -s /a /v/absolute',
    )
    const show = (subpath: string) =>
      attempt(
        '--mount',
        `type=volume,src=${kept},dst=/m,subpath=${subpath}`,
        images.busybox,
        'sh',
        '-c',
        'ls /m; cat /m/../m/f; true',
      )
    const cases: [string, number, RegExp][] = [
      ['a/b', 0, /^f\nin\n$/],
      ['/a/b', 0, /^f\nin\n$/],
      ['inside/b', 0, /^f\nin\n$/],
      ['none', 127, /subpath "none".*no such file or directory/],
      ['top/x', 127, /no such file or directory/],
      ...['root', '..', '../..', 'a/up', 'absolute', 'a/../../x', 'root/etc'].map((each): [string, number, RegExp] => [
        each,
        126,
        /is outside of the volume/,
      ]),
    ]
    for (const [subpath, code, text] of cases) {
      const result = await show(subpath)
      expect(result.code, `${subpath}: ${result.stderr}`).toBe(code)
      expect(code === 0 ? result.stdout : result.stderr, subpath).toMatch(text)
      await nothingPrepared()
    }
    const file = await attempt('--mount', `type=volume,src=${kept},dst=/m,volume-subpath=top,ro`, images.busybox, 'cat', '/m')
    expect(file.stdout).toBe('secret\n')
    // What it writes there is the volume's.
    await sh('--mount', `type=volume,src=${kept},dst=/m,subpath=a/b`, images.busybox, 'sh', '-c', 'echo more >/m/g')
    expect(await sh('-v', `${kept}:/v`, images.busybox, 'cat', '/v/a/b/g')).toBe('more')
    await berth('create', '--name', 'part', '--mount', `type=volume,src=${kept},dst=/m,subpath=a`, images.busybox)
    expect((await berth.json('inspect', 'part'))[0].Mounts[0]).toMatchObject({ Type: 'volume', Name: kept, SubPath: 'a' })
  })

  test('a container that swaps the sub-folder for a link to / gains nothing', async () => {
    const kept = await volume('mkdir /v/a; echo >/v/a/mark; ln -s / /v/l; ln -s ../../.. /v/r')
    const swap = 'while :; do mv /v/a /v/x; mv /v/l /v/a; mv /v/a /v/l; mv /v/r /v/a; mv /v/a /v/r; mv /v/x /v/a; done'
    await berth('run', '-d', '--name', 'hostile', '--network', 'none', '-v', `${kept}:/v`, images.busybox, 'sh', '-c', swap)
    const seen: Record<number, number> = {}
    for (let round = 0; round < 13; round += 1) {
      const { code, stdout } = await attempt('--mount', `type=volume,src=${kept},dst=/m,subpath=a`, images.busybox, 'ls', '/m')
      expect(stdout).toBe(code === 0 ? 'mark\n' : '')
      seen[code] = (seen[code] ?? 0) + 1
    }
    expect(Object.keys(seen).filter((code) => !['0', '126', '127'].includes(code))).toEqual([])
    await berth('rm', '-f', '-t', '0', 'hostile')
  })

  test("option U makes the container's user the owner, and follows no link", async () => {
    const owners = (...args: string[]) => sh('-u', '33:44', ...args)
    const stat = ['stat', '-c', '%u:%g']
    const kept = await volume('mkdir -p /v/a/b; echo >/v/a/b/f; ln -s / /v/root; ln -s /etc/passwd /v/link')
    expect(await owners('-v', `${kept}:/m:U`, images.busybox, ...stat, '/m', '/m/a/b/f', '/m/root', '/m/link')).toBe(
      Array(4).fill('33:44').join('\n'),
    )
    expect(
      await sh(
        '-u',
        '7:8',
        '--mount',
        `type=volume,src=${kept},dst=/m,subpath=a,U=true`,
        images.busybox,
        ...stat,
        '/m',
        '/m/b/f',
      ),
    ).toBe('7:8\n7:8')
    expect(await sh('-v', `${kept}:/m`, images.busybox, ...stat, '/m', '/m/a')).toBe('33:44\n7:8')
    expect(await owners('--tmpfs', '/m:U,mode=700', images.busybox, 'stat', '-c', '%u:%g %a', '/m')).toBe('33:44 700')
    expect(await owners('--mount', 'type=tmpfs,dst=/m,chown', images.busybox, ...stat, '/m')).toBe('33:44')

    const host = source('owned')
    const outside = source('outside')
    symlinkSync(outside, join(host, 'link'))
    lchownSync(join(host, 'link'), berth.user.uid, berth.user.gid)
    const before = statSync(join(outside, 'file')).uid
    // Under an overlay it is the container's copy that changes.
    expect(await owners('-v', `${host}:/m:O,U`, images.busybox, ...stat, '/m', '/m/file')).toBe('33:44\n33:44')
    expect(statSync(join(host, 'file')).uid).toBe(before)
    expect(await owners('-v', `${host}:/m:U`, images.busybox, ...stat, '/m', '/m/file')).toBe('33:44\n33:44')
    expect(statSync(join(outside, 'file')).uid).toBe(before)
    if (berth.root) expect(statSync(join(host, 'file'))).toMatchObject({ uid: 33, gid: 44 })

    const refused = await attempt('-v', '/etc:/m:U', images.busybox, 'true')
    expect(refused).toMatchObject({ code: 125, stderr: expect.stringContaining('chowning host path "/etc" is not allowed') })
  })

  test.each(once)('nocopy leaves a volume empty', async () => {
    const empty = `mounts-${name}-empty`
    expect(await sh('-v', `${empty}:/data:nocopy`, images.layers, 'ls', '/data')).toBe('')
    expect(await sh('-v', `${empty}:/data`, images.layers, 'ls', '/data')).toBe('kept')
    expect(await sh('--tmpfs', '/data', images.layers, 'ls', '/data')).toBe('kept')
    expect(await sh('--tmpfs', '/data:notmpcopyup', images.layers, 'ls', '/data')).toBe('')
  })

  test.each(once)('options without an effect are warned about, unknown ones refused by name', async () => {
    const host = source('warned')
    const warned = await attempt('-v', `${host}:/m:idmap,cached`, images.busybox, 'true')
    expect(warned.code).toBe(0)
    expect(warned.stderr).toMatch(/^WARNING: The option "cached"/)
    for (const [flag, value, option] of [
      ['-v', `${host}:/m:foo`, 'foo'],
      ['--tmpfs', '/m:uid=5', 'uid=5'],
      ['--tmpfs', '/m:nr_inodes=5', 'nr_inodes=5'],
      ['--mount', `type=bind,src=${host},dst=/m,nocopy`, 'nocopy'],
      ['--mount', `type=bind,src=${host},dst=/m,idmap=uids=x`, 'uids=x'],
      ...(berth.root ? [] : [['-v', `${host}:/m:idmap=uids=0-1-1`, 'idmap'] as const]),
    ] as const) {
      const { code, stderr } = await attempt(flag, value, images.busybox, 'true')
      expect(stderr, value).toContain(option)
      expect(code, value).toBe(125)
    }
  })

  test('a start that is killed at any moment leaves nothing, and takes nothing', async () => {
    const host = source('killed')
    const kept = await volume('mkdir -p /v/a; echo kept >/v/a/f; echo kept >/v/f')
    const args = ['-v', `${host}:/o:O`, '-v', `${host}:/u:U`, '--mount', `type=volume,src=${kept},dst=/s,subpath=a`]
    // Every other moment as each user.
    for (let round = berth.root ? 0 : 1; round < 12; round += 2) {
      await berth('create', '--name', 'killed', '--network', 'none', ...args, images.busybox, 'sleep', '100')
      const starting = berth.start('start', 'killed')
      const ended = new Promise((resolve) => starting.once('close', resolve))
      await pause(40 + round * 25)
      starting.kill('SIGKILL')
      await ended
      if (round % 4 < 2) {
        expect((await berth.try(['start', 'killed'])).code).toBe(0)
        expect(await berth('exec', 'killed', 'cat', '/o/file', '/s/f')).toBe('host\nkept')
      }
      await berth('rm', '-f', '-t', '0', 'killed')
      await nothingPrepared()
      expect(readFileSync(join(host, 'file'), 'utf8')).toBe('host\n')
    }
    expect(await sh('-v', `${kept}:/v`, images.busybox, 'cat', '/v/a/f', '/v/f')).toBe('kept\nkept')
  })

  test('a container whose monitor was killed is cleaned up, and after a restart of the host it starts', async () => {
    const host = source('monitor')
    const kept = await volume('mkdir -p /v/a; echo kept >/v/a/f')
    await berth(
      'run',
      '-d',
      '--name',
      'victim',
      '--network',
      'none',
      '-v',
      `${host}:/o:O`,
      '--mount',
      `type=volume,src=${kept},dst=/s,subpath=a`,
      images.busybox,
      'sleep',
      '100',
    )
    const [{ Id, State }] = await berth.json('inspect', 'victim')
    expect(prepared()).toEqual([Id])
    for (const pid of [State.ConmonPid, State.Pid]) process.kill(pid, 'SIGKILL')
    await eventually('it has ended', async () => (await berth('ps', '-q')) === '')
    await berth('container', 'cleanup', 'victim')
    await nothingPrepared()
    // A run root that is not in memory still has the folders, with nothing mounted.
    for (const each of ['', '/0', '/1']) makeOwn(join(berth.run, 'mounts', Id + each))
    await berth('start', 'victim')
    expect(await berth('exec', 'victim', 'cat', '/o/file', '/s/f')).toBe('host\nkept')
    await berth('stop', '-t', '0', 'victim')
    await nothingPrepared()
  })

  test.each(berth.root ? [name] : [])('a checkpoint comes back with its mounts', async () => {
    const host = source('checkpointed')
    const kept = await volume('mkdir -p /v/a; echo kept >/v/a/f')
    await berth(
      'run',
      '-d',
      '--name',
      'frozen',
      '--network',
      'none',
      '-v',
      `${host}:/o:O`,
      '--mount',
      `type=volume,src=${kept},dst=/s,subpath=a`,
      images.busybox,
      'sh',
      '-c',
      'echo own >/o/file; while :; do sleep 0.05; done',
    )
    await eventually('it has written', async () => (await berth('exec', 'frozen', 'cat', '/o/file')) === 'own')
    await berth('container', 'checkpoint', 'frozen')
    await nothingPrepared()
    await berth('container', 'restore', 'frozen')
    expect(await berth('exec', 'frozen', 'cat', '/o/file', '/s/f')).toBe('own\nkept')
    expect(readFileSync(join(host, 'file'), 'utf8')).toBe('host\n')
  })
})
