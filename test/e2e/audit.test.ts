import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { berthAs, clear, everyone, pullImages } from '../support/berth.ts'
import { end, eventually, run } from '../support/processes.ts'
import { become, environment } from '../support/users.ts'

// The audit log where no service runs: everybody's own file, beside their store.

const { images, secure } = inject('stage')

interface Line {
  operation: string
  object?: string
  objectId?: string
  result: string
  user: string
  uid: number
  via: string
  address?: string
  source: string
}

describe.each(everyone)('the audit log of %s', (name) => {
  const berth = berthAs(name)
  const folder = join(berth.store, 'audit')
  const lines = (...args: string[]): Promise<Line[]> =>
    berth('audit', '--format', 'json', ...args).then((text) =>
      text === '' ? [] : text.split('\n').map((line) => JSON.parse(line)),
    )

  beforeAll(() => pullImages(berth, images.busybox))
  afterAll(() => clear(berth))

  test('every step of a container is noted once, by its name, and nothing that is in it', async () => {
    await berth(
      'run',
      '-d',
      '--name',
      'told',
      '-e',
      'TOKEN=env-secret',
      '-l',
      'x=label-secret',
      images.busybox,
      'sh',
      '-c',
      ': cmd-secret; exec sleep 1000',
    )
    const id = await berth('inspect', '--format', '{{.Id}}', 'told')
    await berth('exec', '-e', 'KEY=exec-secret', 'told', 'echo', 'exec-argument-secret')
    await berth('stop', '-t', '0', id.slice(0, 12))
    await berth('rm', 'told')
    await berth.try(['rm', 'told'])
    await berth.try(['login', '-u', 'someone', '-p', 'login-secret', '--tls-verify=false', secure.host])
    const found = await lines('--filter', 'text=told')
    expect(found.reverse().map(({ operation, object, result }) => [operation, object, result])).toEqual([
      ['container.create', `told ${images.busybox}`, 'ok'],
      ['container.start', 'told', 'ok'],
      ['exec.create', 'told', 'ok'],
      ['exec.start', 'told', 'ok'],
      ['container.stop', 'told', 'ok'],
      ['container.remove', 'told', 'ok'],
      ['container.remove', 'told', 'ContainerNotFound'],
    ])
    const stop = found.find(({ operation }) => operation === 'container.stop')
    expect(stop).toMatchObject({
      objectId: id,
      uid: berth.user.uid,
      user: name,
      via: 'cli',
      source: berth.root ? 'engine' : 'own',
    })
    expect((await lines('--filter', 'operation=registry.login'))[0]).toMatchObject({
      object: secure.host,
      result: expect.not.stringMatching(/^ok$/),
    })
    const text = readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('')
    expect(text).toContain('told')
    expect(text).not.toMatch(/(env|label|cmd|exec|exec-argument|login)-secret/)
    // The exit command of a container is nobody's doing.
    expect(text).not.toContain('container.cleanup')
  })

  test('the file is closed to others, and what one looks at is not noted', async () => {
    expect([statSync(folder).mode & 0o777, statSync(join(folder, 'audit.jsonl')).mode & 0o777]).toEqual([0o700, 0o600])
    const before = statSync(join(folder, 'audit.jsonl')).size
    await berth('ps', '-a')
    await berth('images')
    await berth('info')
    await berth('audit')
    expect(statSync(join(folder, 'audit.jsonl')).size).toBe(before)
    const other = berthAs(name === 'alice' ? 'bob' : 'alice')
    expect(
      (await run(become(other.user)[0]!, [...become(other.user).slice(1), 'cat', join(folder, 'audit.jsonl')])).code,
    ).not.toBe(0)
    expect(await other.json('audit', '--format', '{"n":{{len .Object}}}', '--filter', 'object=told').catch(() => [])).toEqual([])
  })

  test('a pull is noted when it has ended, with where its caller logged in from', async () => {
    const { code } = await berth.try(['pull', `${images.busybox}-missing`], {
      env: { SSH_CONNECTION: '192.0.2.7 50000 192.0.2.1 22' },
    })
    expect(code).toBe(125)
    const [pull] = await lines('--limit', '1')
    expect(pull).toMatchObject({ operation: 'image.pull', object: `${images.busybox}-missing`, address: '192.0.2.7' })
    expect(pull!.result).not.toBe('ok')
    await berth.try(['rm', 'x'], { env: { COCKPIT_REMOTE_PEER: '$(reboot)\n' } })
    expect((await lines('--limit', '1'))[0]).not.toHaveProperty('address')
  })

  test('what comes over the API socket says so, in podman’s requests and Docker’s', async () => {
    const socket = join(berth.root ? inject('stage').folder : berth.user.runtime, 'audit-api.sock')
    const service = berth.start('system', 'service', '--time', '0', `unix://${socket}`)
    service.stderr!.resume()
    try {
      await eventually('the socket', () => statSync(socket, { throwIfNoEntry: false }) !== undefined, 20_000)
      for (const [method, path] of [
        ['DELETE', '/v5.0.0/libpod/containers/by-libpod'],
        ['POST', '/v1.43/images/by-docker/tag?repo=other'],
      ] as const) {
        const [program, ...args] = [
          ...become(berth.user),
          'curl',
          '-sS',
          '--unix-socket',
          socket,
          '-X',
          method,
          `http://d${path}`,
        ]
        await run(program!, args, { env: environment(berth.user) })
      }
      const found = await lines('--limit', '2')
      expect(found.map(({ object, via, result }) => [object?.split(' ')[0], via, result])).toEqual([
        [expect.stringMatching(/by-docker/), 'api', expect.stringMatching(/^Image/)],
        ['by-libpod', 'api', 'ContainerNotFound'],
      ])
    } finally {
      await end(service)
    }
  })

  test('it is followed, filtered and shown as a table; what cannot be is refused by name', async () => {
    const following = berth.start('audit', '--follow', '--format', 'json', '--filter', 'object=followed')
    let text = ''
    following.stdout!.on('data', (data: Buffer) => (text += data.toString()))
    following.stderr!.resume()
    await eventually(
      'a record',
      async () => {
        await berth.try(['kill', 'followed'])
        return text.includes('container.kill')
      },
      30_000,
    )
    following.kill('SIGINT')
    expect(await new Promise((resolve) => following.once('exit', resolve))).toBe(0)
    const table = await berth('audit', '-n', '3')
    expect(table.split('\n')[0]).toMatch(/^TIME +USER +ADDRESS +VIA +OPERATION +OBJECT +RESULT +TOOK$/)
    expect(table.split('\n').length).toBe(4)
    expect((await berth('audit', '--format', 'csv', '-n', '1')).split('\r\n')[0]).toMatch(/^time,user,uid,/)
    for (const [args, message] of [
      [['--filter', 'colour=red'], /colour is no filter/],
      [['--filter', 'nothing'], /filter=value: nothing is invalid/],
      [['--since', 'whenever'], /whenever/],
      [['--limit', '-1'], /limit/],
      [['--follow', '--since', '1h'], /--follow/],
      [['surplus'], /takes no arguments/],
    ] as const) {
      const { code, stderr } = await berth.try(['audit', ...args])
      expect([args, code, stderr]).toEqual([args, 125, expect.stringMatching(message)])
    }
  })
})
