import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, type Berth, berthAs, clear, everyone, pullImages } from '../support/berth.ts'
import { run } from '../support/processes.ts'

const { images, folder } = inject('stage')

/** Everything that a layer has to carry, done in a container. */
const changes = [
  'rm -r /var/www /bin/vi',
  'mkdir /var/www && echo new >/var/www/page',
  'echo one >/first && ln /first /second && ln -s first /link',
  'mkfifo /pipe',
  'mkdir -m 1777 /open && chmod 4755 /first',
  'rm -r /root && mkdir /root && echo fresh >/root/file',
].join(' && ')

/** The same files, seen in a container of the image. */
const look =
  'ls /bin/vi; cat /var/www/page /second /link /root/file; ls -a /root; stat -c "%n %F %a %h" /first /second /pipe /open; readlink /link'
const seen = `new
one
one
fresh
.
..
file
/first regular file 4755 2
/second regular file 4755 2
/pipe fifo 644 1
/open directory 1777 2
first`

const commitsAs = (berth: Berth, where: readonly string[]) => {
  const call = (...args: string[]) => berth(...where, ...args)

  test('an image has what the container changed, its settings and its history', async () => {
    await call('run', '-d', '--name', 'source', '--network', 'none', '-e', 'A=b', '-l', 'own=1', images.busybox, 'sleep', '1000')
    await call('exec', 'source', 'sh', '-c', changes)
    const id = await call('commit', '-q', '--author', 'somebody', '-c', 'CMD ["true"]', '-c', 'ENV C=d E=f', 'source', 'copy:1')
    expect(id).toMatch(/^[0-9a-f]{64}$/)
    const plain = await berth.try([...where, 'run', '--rm', '--network', 'none', 'localhost/copy:1', 'sh', '-c', look])
    expect(plain.stdout.trim()).toBe(seen)
    const [base] = JSON.parse(await call('image', 'inspect', images.busybox))
    const [image] = JSON.parse(await call('image', 'inspect', 'copy:1'))
    expect(image.RootFS.Layers.slice(0, -1)).toEqual(base.RootFS.Layers)
    expect(image.Config).toMatchObject({ Cmd: ['true'], Labels: { own: '1' } })
    expect(image.Config.Env).toEqual(expect.arrayContaining(['A=b', 'C=d', 'E=f']))
    expect(image).toMatchObject({ Author: 'somebody', Parent: base.Id })
    expect(image.History.at(-1)).toMatchObject({ created_by: '/bin/sh', comment: `FROM ${images.busybox}` })
    expect(await call('image', 'tree', 'copy:1')).toContain('Top Layer of: [localhost/copy:1]')
  })

  test('squashed it is one layer of the same files', async () => {
    await call('commit', '-q', '--squash', 'source', 'squashed')
    const [image] = JSON.parse(await call('image', 'inspect', 'squashed'))
    expect(image.RootFS.Layers).toHaveLength(1)
    expect(image.History).toHaveLength(1)
    const { stdout } = await berth.try([...where, 'run', '--rm', '--network', 'none', 'squashed', 'sh', '-c', look])
    expect(stdout.trim()).toBe(seen)
    await call('rm', '-f', '-t', '0', 'source')
    await call('rmi', 'copy:1', 'squashed')
    expect(await call('system', 'check')).toBe('')
  })
}

describe.each(everyone)('commit as %s', (name) => {
  const berth = berthAs(name)

  beforeAll(() => pullImages(berth, images.busybox))
  afterAll(() => clear(berth))

  commitsAs(berth, [])
})

describe.each(anyone)('commit with the storage driver vfs, as %s', (name) => {
  const berth = berthAs(name)
  const home = join(berth.root ? folder : berth.user.home, 'commit-vfs')
  const where = ['--root', join(home, 'store'), '--runroot', join(home, 'run'), '--storage-driver', 'vfs']

  beforeAll(() => berth(...where, 'pull', '-q', images.busybox))
  afterAll(async () => {
    await berth.try([...where, 'rm', '-a', '-f', '-t', '0'])
    await berth.try([...where, 'rmi', '-a', '-f'])
    rmSync(home, { recursive: true, force: true })
  })

  commitsAs(berth, where)
})

describe.each(anyone)('what commit says, as %s', (name) => {
  const berth = berthAs(name)
  const file = join(berth.root ? folder : berth.user.home, `commit-${name}`)

  beforeAll(async () => {
    await pullImages(berth, images.busybox)
    await berth('create', '--name', 'box', '--network', 'none', '-v', '/data', images.busybox, 'true')
  })
  afterAll(() => clear(berth))

  test("a format of Docker's has a message and a health check, and OCI's has neither", async () => {
    const health = 'HEALTHCHECK --interval=5s --retries=2 CMD echo x'
    await berth('commit', '-q', '-f', 'docker', '-m', 'why', '-c', health, '-c', 'ONBUILD RUN x', 'box', 'docked')
    const [image] = await berth.json('image', 'inspect', 'docked')
    expect(image).toMatchObject({ Comment: 'why', ManifestType: 'application/vnd.docker.distribution.manifest.v2+json' })
    expect(image.Healthcheck ?? image.HealthCheck).toMatchObject({ Test: ['CMD-SHELL', 'echo x'], Interval: 5e9, Retries: 2 })
    const refused = await berth.try(['commit', '-m', 'why', 'box'])
    expect(refused).toMatchObject({ code: 125, stderr: expect.stringContaining('only compatible with the docker image format') })
    const warned = await berth.try(['commit', '-c', health, 'box'])
    expect(warned).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('HEALTHCHECK is not supported for OCI image format'),
    })
  })

  test('instructions and a configuration change what the image says', async () => {
    writeFileSync(`${file}.json`, JSON.stringify({ Cmd: ['q'], Env: ['Z=1'], ExposedPorts: { '7/tcp': {} }, Labels: { m: 'n' } }))
    await berth('commit', '-q', '--config', `${file}.json`, '--include-volumes', '--iidfile', `${file}.id`, 'box', 'configured')
    const [image] = await berth.json('image', 'inspect', 'configured')
    expect(readFileSync(`${file}.id`, 'utf8')).toBe(image.Id)
    expect(image.Config).toMatchObject({
      Cmd: ['q'],
      ExposedPorts: { '7/tcp': {} },
      Labels: { m: 'n' },
      Volumes: { '/data': {} },
    })
    expect(image.Config.Env).toContain('Z=1')
    const given = [
      'ENTRYPOINT ["/bin/e"]',
      'EXPOSE 9000 53/udp',
      'VOLUME /w /z',
      'WORKDIR sub',
      'USER 5',
      'STOPSIGNAL 9',
      'LABEL a="b c"',
    ]
    await berth('commit', '-q', ...given.flatMap((each) => ['-c', each]), 'box', 'changed')
    const [{ Config }] = await berth.json('image', 'inspect', 'changed')
    expect(Config).toMatchObject({
      Entrypoint: ['/bin/e'],
      ExposedPorts: { '9000/tcp': {}, '53/udp': {} },
      Volumes: { '/w': {}, '/z': {} },
      WorkingDir: '/sub',
      User: '5',
      StopSignal: '9',
      Labels: { a: 'b c' },
    })
    // The command was for another program.
    expect(Config.Cmd ?? null).toBeNull()
    rmSync(`${file}.json`)
    rmSync(`${file}.id`)
  })

  test.each([
    [['-c', 'FOO x', 'box'], 'did not understand change instruction "FOO"'],
    [['-c', 'ENV a', 'box'], 'ENV must have two arguments'],
    [['-c', 'STOPSIGNAL foo', 'box'], 'invalid signal: foo'],
    [['-f', 'zip', 'box'], 'unrecognized image format "zip"'],
    [['box', 'UPPER'], 'UPPER'],
    [['nothing'], 'no container with name or ID "nothing" found: no such container'],
  ])('%o is refused', async (args, message) => {
    expect(await berth.try(['commit', ...args])).toMatchObject({
      code: 125,
      stdout: '',
      stderr: expect.stringContaining(message),
    })
  })

  test('paused meanwhile, it runs on', async () => {
    await berth('run', '-d', '--name', 'runs', '--network', 'none', images.busybox, 'sleep', '1000')
    const { code, stderr } = await berth.try(['commit', '-q', '--pause', 'runs', 'paused'])
    if (code !== 0) expect(stderr).toMatch(/cgroup/)
    expect((await berth.json('inspect', 'runs'))[0].State.Status).toBe('running')
    const events = await berth(
      'events',
      '--stream=false',
      '--since',
      '1m',
      '--filter',
      'container=runs',
      '--format',
      '{{.Status}}',
    )
    if (code === 0) expect(events.split('\n').slice(-3)).toEqual(['pause', 'unpause', 'commit'])
  })

  test('over REST it answers with the id, or with the steps', async () => {
    const service = berth.start('system', 'service', '--time', '0', `unix://${file}.sock`)
    service.stderr!.resume()
    const post = async (path: string) => {
      const args = [
        '-s',
        '-w',
        ' %{http_code}',
        '--unix-socket',
        `${file}.sock`,
        '--retry',
        '20',
        '--retry-all-errors',
        '-X',
        'POST',
      ]
      return (await run('curl', [...args, `http://d${path}`])).stdout
    }
    try {
      expect(await post('/v5.0.0/libpod/commit?container=box&repo=rest&tag=t')).toMatch(/^\{"Id":"[0-9a-f]{64}"\}\n 200$/)
      const steps = await post('/v5.0.0/libpod/commit?container=box&stream=true')
      expect(steps).toContain('{"stream":"Writing manifest to image destination\\n"}')
      expect(steps).toMatch(/\{"stream":"[0-9a-f]{64}"\}\n 200$/)
      expect(await post('/v5.0.0/libpod/commit?container=gone')).toMatch(/"response":404.* 404$/s)
      expect(await post('/v1.41/commit?container=box&repo=docked&comment=hello')).toMatch(/^\{"Id":"[0-9a-f]{64}"\}\n 201$/)
      expect(await berth('image', 'inspect', '--format', '{{.Comment}}', 'docker.io/library/docked')).toBe('hello')
    } finally {
      service.kill()
    }
  })
})
