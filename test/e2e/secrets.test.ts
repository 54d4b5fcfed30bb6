import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, everyone, pullImages, withEnvironment } from '../support/berth.ts'

const { images, folder: stageFolder } = inject('stage')
const value = 'correct-horse-battery'

describe.each(everyone)('secrets as %s', (name) => {
  const berth = berthAs(name)
  const once = anyone.includes(name) ? [name] : []
  beforeAll(() => pullImages(berth, images.busybox))
  afterEach(async () => {
    await berth.try(['rm', '-a', '-f', '-v', '-t', '0'])
    await berth('secret', 'rm', '-a')
  })
  afterAll(() => clear(berth))

  const create = (secret: string, input = value, ...flags: string[]) =>
    berth.try(['secret', 'create', ...flags, secret, '-'], { input })
  const run = (secrets: string[], script: string) =>
    berth(
      'run',
      '--rm',
      '--network',
      'none',
      ...secrets.flatMap((each) => ['--secret', each]),
      images.busybox,
      'sh',
      '-c',
      script,
    )

  /** Files below the store and the run state that hold the value. */
  const holding = () =>
    [berth.store, berth.run].flatMap((root) =>
      existsSync(root)
        ? readdirSync(root, { recursive: true, encoding: 'utf8' })
            .map((each) => join(root, each))
            .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() && readFileSync(file).includes(value))
        : [],
    )

  test('files and variables have the value, with the owner and mode that were asked for', async () => {
    await create('one')
    const seen = await run(
      ['one', 'one,target=sub/x', 'one,target=/etc/sec/key,uid=5,gid=6,mode=0400', 'one,type=env,target=PASS', 'one,type=env'],
      `cat /run/secrets/one /run/secrets/sub/x /etc/sec/key; echo; echo $PASS $one
       stat -c '%a %u %g' /run/secrets /run/secrets/one /etc/sec/key`,
    )
    expect(seen.split('\n')).toEqual([value.repeat(3), `${value} ${value}`, '755 0 0', '444 0 0', '400 5 6'])
  })

  test('a container keeps its files of creation; variables are read at each start', async () => {
    await create('one')
    const flags = ['--network', 'none', '--secret', 'one', '--secret', 'one,type=env,target=E']
    await berth(
      'create',
      '--name',
      'c',
      ...flags,
      images.busybox,
      'sh',
      '-c',
      'cat /run/secrets/one; echo " $E"; echo x >/run/secrets/one',
    )
    expect((await create('one', 'second', '--replace')).code).toBe(0)
    expect(await berth('start', '-a', 'c')).toBe(`${value} second`)
    expect(await berth('start', '-a', 'c')).toBe(`${value} second`)
    await berth('secret', 'rm', 'one')
    const failed = await berth.try(['start', 'c'])
    expect(failed).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('no secret with name or id "one": no such secret'),
    })
  })

  test('its value is nowhere but where it is kept', async () => {
    const { stdout } = await create('one')
    const id = stdout.trim()
    const flags = ['--secret', 'one', '--secret', 'one,type=env,target=PASS', '--secret', 'one,type=env,target=HOME']
    const words = [images.busybox, 'sh', '-c', 'echo ready; exec sleep 100']
    await berth('run', '-d', '--name', 'c', '--network', 'none', ...flags, ...words)
    const inspected = await berth('inspect', 'c')
    expect(inspected).not.toContain(value)
    const [{ Id, Config }] = JSON.parse(inspected)
    expect(Config.Secrets).toEqual([{ Name: 'one', ID: id, UID: 0, GID: 0, Mode: 0o444 }])
    await berth('commit', '-q', 'c', 'localhost/committed')
    const archive = join(stageFolder, `secrets-${name}.tar`)
    await berth('export', '-o', berth.root ? archive : join(berth.user.home, 'c.tar'), 'c')
    expect(readFileSync(berth.root ? archive : join(berth.user.home, 'c.tar')).includes(value)).toBe(false)
    for (const args of [
      ['ps', '-a'],
      ['image', 'inspect', 'localhost/committed'],
      ['events', '--stream=false', '--since', '1h'],
    ])
      expect(await berth(...args), args.join(' ')).not.toContain(value)
    const kept = [`secrets/filedriver/${id}`, `containers/${Id}/secrets/${id}`, `containers/${Id}/bundle/config.json`]
    const running = holding().map((file) => file.replace(`${berth.store}/`, '').replace(`${berth.run}/`, 'run/'))
    expect(running.toSorted()).toEqual([...kept, `run/containers/${Id}/secrets/0`].toSorted())
    for (const file of kept) expect(statSync(join(berth.store, file)).mode & 0o077, file).toBe(0)
    await berth('rm', '-f', '-t', '0', 'c')
    expect(holding()).toEqual([join(berth.store, kept[0]!)])
  })

  test.each(once)('the commands say what podman says', async () => {
    expect(await create('one', '', '--env')).toMatchObject({ code: 125 })
    const withValue = withEnvironment(berth, { TOKEN: 'x' })
    const id = await withValue('secret', 'create', '--env', '-l', 'a=b', '-l', 'c', 'two', 'TOKEN')
    expect(await create('two')).toMatchObject({ code: 125, stderr: 'Error: two: secret name in use\n' })
    expect(await create('two', 'y', '--ignore')).toMatchObject({ code: 0, stdout: `${id}\n` })
    expect(
      await berth('secret', 'inspect', '--showsecret', '--format', '{{.Spec.Name}} {{.SecretData}} {{.Spec.Labels}}', 'two'),
    ).toBe('two x map[a:b c:]')
    expect(await berth('secret', 'inspect', '--pretty', 'two')).toMatch(
      new RegExp(
        `^ID: {14}${id}\nName: {14}two\nLabels:\n - a=b\n - c\nDriver: {12}file\nCreated at: {8}\\d{4}-.*UTC\nUpdated at: .*UTC$`,
      ),
    )
    expect(await berth('secret', 'ls')).toMatch(/^ID +NAME +DRIVER +CREATED +UPDATED\n[0-9a-f]{25} {2}two {9}file/)
    expect(await berth('secret', 'ls', '-q', '--filter', 'name=nope')).toBe('')
    expect((await berth.try(['secret', 'exists', 'two'])).code).toBe(0)
    expect((await berth.try(['secret', 'exists', 'nope'])).code).toBe(1)
    expect(await berth.try(['secret', 'rm', 'nope'])).toMatchObject({
      code: 125,
      stderr: 'Error: no secret with name or id "nope": no such secret\n',
    })
    expect((await berth.try(['secret', 'rm', '--ignore', 'nope'])).code).toBe(0)
    expect(await berth('secret', 'rm', 'two')).toBe(id)
    const events = await berth(
      'events',
      '--stream=false',
      '--since',
      '1m',
      '--filter',
      'type=secret',
      '--format',
      '{{.Status}} {{.Name}}',
    )
    expect(events.split('\n').slice(-2)).toEqual(['create two', 'remove two'])
    const refused = await berth.try(['run', '--rm', '--secret', 'nope', images.busybox, 'true'])
    expect(refused).toMatchObject({ code: 125, stderr: expect.stringContaining('no secret with name or id "nope"') })
  })

  test.each(once.filter(() => spawnSync('gpg', ['--version']).status === 0))(
    'pass keeps them encrypted (skipped without gpg)',
    async () => {
      const home = join(stageFolder, `gnupg-${name}`)
      const store = join(stageFolder, `pass-${name}`)
      for (const each of [home, store]) mkdirSync(each, { mode: 0o700 })
      spawnSync('chown', [`${berth.user.uid}:${berth.user.gid}`, home, store])
      const asUser = (...words: string[]) =>
        spawnSync('setpriv', [`--reuid=${berth.user.uid}`, `--regid=${berth.user.gid}`, '--clear-groups', ...words])
      try {
        const key = ['--batch', '--passphrase', '', '--quick-generate-key', 'berth@example.org', 'default', 'default', 'never']
        const made = asUser('gpg', '--homedir', home, ...key)
        expect(made.status, String(made.stderr)).toBe(0)
        // Berth starts one where it needs one, and ends it.
        asUser('gpgconf', '--homedir', home, '--kill', 'all')
        writeFileSync(join(store, '.gpg-id'), 'berth@example.org\n')
        const options = ['-d', 'pass', '--driver-opts', `root=${store},key=berth@example.org,gpghomedir=${home}`]
        const created = await create('one', value, ...options)
        expect(created.code, created.stderr).toBe(0)
        const [file] = readdirSync(store).filter((each) => each.endsWith('.gpg'))
        expect(readFileSync(join(store, file!)).includes(value)).toBe(false)
        expect(await run(['one'], 'cat /run/secrets/one')).toBe(value)
        await berth('secret', 'rm', 'one')
        expect(readdirSync(store).filter((each) => each.endsWith('.gpg'))).toEqual([])
      } finally {
        asUser('gpgconf', '--homedir', home, '--kill', 'all')
      }
    },
  )
})
