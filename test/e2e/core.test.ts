import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { berthAs, clear, pullImages } from './berth.ts'
import { delegated } from './cgroups.ts'
import { freePort } from './free-port.ts'
import { end, eventually } from './processes.ts'

// The main job in few steps: what test/host runs once more on a machine with systemd and cgroup v2, where every program
// start takes ten times as long. Each step builds on the one before.

const { images, registry } = inject('stage')

describe.each(['root', 'alice', 'bob'])('the core as %s', (name) => {
  const berth = berthAs(name)
  const limited = berth.root || delegated(berth.user)

  beforeAll(() => pullImages(berth, images.server))
  afterAll(() => clear(berth))

  test('info names the host, its cgroups and the runtime', async () => {
    const info = await berth.json('info', '--format', 'json')
    expect(info.host.cgroupVersion).toMatch(/^v[12]$/)
    expect(info.host.security.rootless).toBe(!berth.root)
    expect(info.host.ociRuntime.name).toMatch(/^(crun|runc)$/)
  })

  test('an image that is not there is refused in words', async () => {
    const absent = await berth.try(['pull', `${registry}/nobody/nothing`])
    expect(absent.code).toBe(125)
    expect(absent.stderr).toContain('nobody/nothing')
  })

  test('run: output, error, exit code, log', async () => {
    const result = await berth.try([
      'run',
      '--name',
      'brief',
      '--entrypoint',
      'sh',
      images.server,
      '-c',
      'echo out; echo err >&2; exit 7',
    ])
    expect(result).toEqual({ code: 7, stdout: 'out\n', stderr: 'err\n' })
    expect(await berth.try(['logs', 'brief'])).toEqual({ code: 0, stdout: 'out\n', stderr: 'err\n' })
    await berth('rm', 'brief')
  })

  test('run -d with a port: it answers, and ps, top and stats know it', async () => {
    const port = await freePort()
    const limits = limited ? ['--memory', '64m', '--cpus', '0.5'] : []
    await berth('run', '-d', '--name', 'web', '-p', `127.0.0.1:${port}:8080`, ...limits, images.server)
    const page = await eventually('the page', async () =>
      (await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined))?.text(),
    )
    expect(page).toBe('served by berth\n')
    expect(await berth('ps', '--format', '{{.Names}} {{.State}}')).toBe('web running')
    expect(await berth('top', 'web')).toContain('httpd')
    const [sample] = await berth.json('stats', '--no-stream', '--format', 'json', 'web')
    expect(sample.name).toBe('web')
    expect(sample.mem_usage).toMatch(limited ? /\/ (67\.11MB|64MiB)/ : /\//)
  })

  test('exec has its exit code', async () => {
    expect(await berth.try(['exec', 'web', 'sh', '-c', 'echo inside; exit 3'])).toMatchObject({ code: 3, stdout: 'inside\n' })
  })

  test("pause and unpause; without a cgroup of one's own a refusal in words", async () => {
    const paused = await berth.try(['pause', 'web'])
    expect(paused).toMatchObject(limited ? { code: 0, stderr: '' } : { code: 125, stderr: expect.stringMatching(/cgroup/) })
    expect((await berth.json('inspect', 'web'))[0].State.Status).toBe(limited ? 'paused' : 'running')
    expect((await berth.try(['unpause', 'web'])).code).toBe(limited ? 0 : 125)
    expect((await berth.json('inspect', 'web'))[0].State.Status).toBe('running')
  })

  test('stop, start, remove by force', async () => {
    await berth('stop', '-t', '0', 'web')
    expect((await berth.json('inspect', 'web'))[0].State.Running).toBe(false)
    await berth('start', 'web')
    expect((await berth.json('inspect', 'web'))[0].State.Running).toBe(true)
    await berth('rm', '-f', '-t', '0', 'web')
    expect(await berth('ps', '-aq')).toBe('')
  })

  test('a pod and its member', async () => {
    await berth('pod', 'create', '--name', 'crew')
    await berth('run', '-d', '--pod', 'crew', '--name', 'member', images.server)
    const [pod] = await berth.json('pod', 'ps', '--format', 'json')
    expect(pod).toMatchObject({ Name: 'crew', Status: 'Running' })
    await berth('pod', 'rm', '-f', '-t', '0', 'crew')
    expect(await berth('ps', '-aq')).toBe('')
  })

  test('the API service answers, and berth --url is the same berth', async () => {
    const socket = join(berth.root ? inject('stage').folder : berth.user.runtime, 'core.sock')
    const service = berth.start('system', 'service', '--time', '0', `unix://${socket}`)
    service.stderr!.resume()
    try {
      await eventually('the socket', () => existsSync(socket), 20_000)
      await berth('--url', `unix://${socket}`, 'create', '--name', 'far', images.server)
      expect(await berth('ps', '-a', '--format', '{{.Names}}')).toBe('far')
      await berth('--url', `unix://${socket}`, 'rm', 'far')
    } finally {
      await end(service)
    }
  })

  test('three at once', async () => {
    const names = ['a', 'b', 'c']
    await Promise.all(names.map((each) => berth('run', '-d', '--name', each, '--entrypoint', 'sleep', images.server, '1000')))
    await Promise.all(names.map((each) => berth('rm', '-f', '-t', '0', each)))
    expect(await berth('ps', '-aq')).toBe('')
  })
})

describe('the core as root alone', () => {
  const berth = berthAs('root')

  beforeAll(() => pullImages(berth, images.server))
  afterAll(() => clear(berth))

  test('checkpoint and restore keep what was in memory', async () => {
    const count = async () => Number(await berth('exec', 'counter', 'cat', '/count'))
    const script = 'i=0; while :; do i=$((i + 1)); echo $i >/count; sleep 0.05; done'
    await berth('run', '-d', '--name', 'counter', '--entrypoint', 'sh', images.server, '-c', script)
    await eventually('a count of 20', async () => (await count()) > 20)
    await berth('container', 'checkpoint', 'counter')
    await berth('container', 'restore', 'counter')
    expect(await count()).toBeGreaterThan(20)
  })
})
