import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, everyone, pullImages } from '../support/berth.ts'
import { must, run } from '../support/processes.ts'

const { images, folder: scratch } = inject('stage')

// Files in and out of containers, what they changed, and their file systems on the host.

describe.each(everyone)('copies of %s', (name) => {
  const berth = berthAs(name)
  let folder: string
  const refused = async (...args: string[]) => {
    const { code, stderr } = await berth.try(args, { cwd: folder })
    expect(code, args.join(' ')).toBe(125)
    return stderr
  }
  const cp = async (...args: string[]) => {
    const result = await berth.try(['cp', ...args], { cwd: folder })
    expect(result.code, `cp ${args.join(' ')}: ${result.stderr}`).toBe(0)
    return result.stdout
  }
  const inside = (command: string) => berth('exec', '-u', '0', 'live', 'sh', '-c', command)
  /** Where the user makes no difference. */
  const once = anyone.filter((each) => each === name)
  const text = (path: string) => readFileSync(join(folder, path), 'utf8')

  beforeAll(async () => {
    folder = mkdtempSync(join(scratch, 'copy-'))
    mkdirSync(join(folder, 'dir/sub'), { recursive: true })
    writeFileSync(join(folder, 'file'), 'one\n')
    writeFileSync(join(folder, 'dir/two'), 'two\n')
    symlinkSync('two', join(folder, 'dir/link'))
    chmodSync(join(folder, 'file'), 0o640)
    await must('chown', ['-R', `${berth.user.uid}:${berth.user.gid}`, folder])
    chmodSync(folder, 0o755)
    await pullImages(berth, images.busybox)
    const flags = ['--network', 'none', '--user', 'www', '-v', `vol-${name}:/data`, '-v', `${folder}/dir:/host`]
    await berth('run', '-d', '--name', 'live', ...flags, images.busybox, 'sleep', '1000')
    await berth('create', '--name', 'idle', ...flags, images.busybox, 'sh')
  })
  afterAll(async () => {
    await clear(berth)
    rmSync(folder, { recursive: true, force: true })
  })

  test.each(['live', 'idle'])('a file and a folder, into %s and back', async (ctr) => {
    await cp('file', `${ctr}:/tmp`)
    await cp('dir', `${ctr}:/tmp/new`)
    await cp('dir', `${ctr}:/tmp/new`)
    for (const [from, to] of [
      ['/tmp/file', 'back'],
      ['/tmp/new', 'tree'],
      ['/tmp/new/.', 'content'],
    ])
      await cp(`${ctr}:${from}`, to!)
    expect(text('back')).toBe('one\n')
    expect(statSync(join(folder, 'back'))).toMatchObject({ uid: berth.user.uid, gid: berth.user.gid, mode: 0o100640 })
    expect(text('tree/dir/two')).toBe('two\n')
    expect(text('tree/link')).toBe('two\n')
    expect(text('content/two')).toBe('two\n')
    await cp(`${ctr}:/tmp/new`, `${ctr}:/var`)
    await cp(`${ctr}:/var/new/dir/two`, 'within')
    expect(text('within')).toBe('two\n')
    const endless = await berth.try(['cp', `${ctr}:/tmp/new/dir/..`, `${ctr}:/tmp/new/dir`])
    expect([endless.code, endless.stderr]).toEqual([
      125,
      expect.stringMatching(/^Error: cannot copy a directory, .*, into itself, /),
    ])
    for (const each of ['back', 'tree', 'content', 'within']) rmSync(join(folder, each), { recursive: true })
  })

  test('owners are those of the container, or of the archive', async () => {
    await cp('--archive=false', 'file', 'live:/tmp/kept')
    expect(await inside('stat -c %u:%g:%a /tmp/file /tmp/kept')).toBe('33:33:640\n0:0:640')
  })

  test('volumes and host folders are seen, running or not', async () => {
    await cp('file', 'idle:/data/vol')
    expect(await inside('cat /data/vol')).toBe('one')
    expect(await cp('live:/host/two', '-').then((tar) => tar.includes('two\n'))).toBe(true)
    await cp('file', 'idle:/host/from-idle')
    expect(text('dir/from-idle')).toBe('one\n')
    await cp('idle:/', 'whole')
    expect(text('whole/host/two')).toBe('two\n')
    expect(existsSync(join(folder, 'whole/proc'))).toBe(false)
    rmSync(join(folder, 'whole'), { recursive: true })
  })

  test.each(once)('between containers, and as archives', async () => {
    await cp('live:/tmp/new', 'idle:/root')
    await cp('idle:/root/new/two', 'live:/tmp/renamed')
    expect(await inside('cat /tmp/renamed')).toBe('two')
    const { argv, env } = berth.command('cp', 'idle:/root/new', '-')
    const [get, put] = [argv, berth.command('cp', '-', 'live:/var/www').argv].map((words) =>
      words.map((each) => `'${each}'`).join(' '),
    )
    await must('sh', ['-c', `${get} | gzip | ${put}`], { env })
    expect(await inside('cat /var/www/new/two')).toBe('two')
  })

  test.each(once)('links are followed inside the container alone', async () => {
    await inside('ln -s /etc /tmp/in; ln -s /../../../../../../etc/passwd /tmp/out; ln -s loop /tmp/loop; ln -s /tmp /var/www/t')
    expect(await cp('live:/tmp/out', '-').then((tar) => tar.includes('www:x:33'))).toBe(true)
    expect(await refused('cp', 'live:/tmp/loop', '.')).toContain('its links lead in circles')
    await cp('file', 'live:/var/www/t/through')
    expect(await inside('cat /tmp/through')).toBe('one')
    await cp('live:/tmp/in', 'etc')
    expect(text('etc/passwd')).toContain('www:x:33')
    rmSync(join(folder, 'etc'), { recursive: true })
  })

  test.each(once)("failures have podman's messages", async () => {
    for (const [args, message] of [
      [['nope', 'live:/tmp'], '"nope" could not be found on the host'],
      [['live:/nope', '.'], '"/nope" could not be found on container live'],
      [['file', 'live:/no/where'], '"/no/where" could not be found on container live'],
      [['live:/tmp/file', 'no/where'], '"no/where" could not be found on the host'],
      [['dir', 'live:/tmp/file'], 'destination must be a directory when copying a directory'],
      [['nobody:/x', '.'], 'container "nobody" does not exist'],
      [['file', 'dir'], 'name or ID cannot be empty'],
      [['file', 'live:'], 'you must specify paths'],
    ] as const)
      expect(await refused('cp', ...args)).toContain(message)
    await inside('mkdir /tmp/taken')
    await cp('file', 'live:/tmp/taken/dir')
    expect(await refused('cp', 'dir', 'live:/tmp/taken')).toContain('cannot overwrite non-directory "dir" with directory')
    await cp('--overwrite', 'dir', 'live:/tmp/taken')
    expect(await inside('cat /tmp/taken/dir/two')).toBe('two')
  })

  test.each(once)('diff says what a container changed', async () => {
    await berth(
      'run',
      '--name',
      'changed',
      '--network',
      'none',
      images.busybox,
      'sh',
      '-c',
      'rm /etc/group; mkdir -p /srv/a; echo >> /etc/passwd',
    )
    expect(await berth('diff', 'changed')).toBe('C /etc\nD /etc/group\nC /etc/passwd\nA /srv\nA /srv/a')
    expect(await berth.json('container', 'diff', '--format', 'json', '-l')).toEqual({
      changed: ['/etc', '/etc/passwd'],
      added: ['/srv', '/srv/a'],
      deleted: ['/etc/group'],
    })
    expect(await berth('diff', images.busybox)).toMatch(/^A \/bin\n/)
    expect(await refused('container', 'diff', images.busybox)).toContain('no such container')
  })

  test('mount and unmount', async () => {
    await cp('dir', 'idle:/root/mounted')
    if (!berth.root) {
      expect(await refused('mount', 'idle')).toContain('must execute `berth unshare` first')
      const launcher = berth.command().argv.at(-1)!
      const script = `${launcher} mount idle && cat $(${launcher} mount idle)/root/mounted/two && ${launcher} umount -f idle; id -u; exit 7`
      const { argv, env } = berth.command('unshare', 'sh', '-c', script)
      const result = await run(argv[0]!, argv.slice(1), { env, cwd: folder })
      expect(result).toMatchObject({ code: 7, stdout: expect.stringMatching(/\/merged\ntwo\nidle\n0\n$/) })
      expect((await berth.try(['unshare', '/nope'])).code).toBe(127)
      expect(await berth('unshare', 'sh', '-c', 'echo $CONTAINERS_GRAPHROOT')).toBe(berth.store)
      expect(await refused('unshare', '--rootless-netns', 'true')).toContain('There is no rootless network namespace yet')
      return
    }
    const path = await berth('mount', 'idle')
    expect(readFileSync(join(path, 'root/mounted/two'), 'utf8')).toBe('two\n')
    await berth('mount', 'idle')
    const listed = await berth.json('mount', '--format', 'json')
    expect(listed.map((each: { Names: string[] }) => each.Names[0]).toSorted()).toEqual(['idle', 'live'])
    // It stays for as long as it was mounted more often than unmounted, whatever runs and ends meanwhile.
    await berth('unmount', 'idle')
    await berth('start', '-a', 'idle')
    expect(existsSync(join(path, 'bin/sh'))).toBe(true)
    expect(await berth('umount', 'idle')).toBe('idle')
    // Its exit command may still be at work, which unmounts it then.
    await expect.poll(() => existsSync(join(path, 'bin/sh')), { timeout: 30_000 }).toBe(false)
    expect(await berth('unmount', 'idle')).toBe('idle')
    expect(await refused('unshare', 'true')).toContain('please use unshare with rootless')
  })
})
