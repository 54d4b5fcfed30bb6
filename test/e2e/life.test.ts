import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, pullImages } from '../support/berth.ts'
import { end, eventually, run } from '../support/processes.ts'
import { become, environment } from '../support/users.ts'

// What a container goes through when something is given up or killed in the middle; docs/container-life.md.

const { images } = inject('stage')
const stubborn = ['sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done']

describe.each(anyone)('the life of a container, as %s', (name) => {
  const berth = berthAs(name)

  beforeAll(() => pullImages(berth, images.busybox))
  afterEach(() => clear(berth, false))
  afterAll(() => clear(berth))

  const state = async (container: string) => (await berth.json('inspect', container))[0].State
  const becomes = (container: string, wanted: string) =>
    eventually(`${container} ${wanted}`, async () => (await state(container)).Status === wanted, 20_000)
  const runs = (container: string, ...options: string[]) =>
    berth('run', '-d', '--name', container, '--network', 'none', ...options, images.busybox, ...stubborn)

  /** Kills a container with its monitor, so that nothing reports its exit. */
  async function vanish(container: string): Promise<void> {
    const { Pid, ConmonPid } = await state(container)
    for (const pid of [ConmonPid, Pid]) process.kill(pid, 'SIGKILL')
    await eventually('its end', () => !existsSync(`/proc/${Pid}`) && !existsSync(`/proc/${ConmonPid}`))
  }

  test('looking sees that it ended and does nothing about it; the next verb that changes it does', async () => {
    await runs('gone', '--rm')
    await runs('again', '--restart', 'always')
    await Promise.all([vanish('gone'), vanish('again')])
    for (const _ of [1, 2]) {
      const rows = await berth('ps', '-a', '--format', '{{.Names}} {{.State}}', '--sort', 'names')
      expect(rows).toBe('again exited\ngone exited')
      expect(await state('again')).toMatchObject({ Status: 'exited', ExitCode: -1, Pid: 0 })
      expect((await berth.json('info', '--format', 'json')).store.containerStore).toMatchObject({
        number: 2,
        running: 0,
        stopped: 2,
      })
    }
    expect(await berth.try(['start', 'gone'])).toMatchObject({ code: 125, stderr: expect.stringContaining('no such container') })
    await berth('start', 'again')
    expect((await state('again')).Status).toBe('running')
  })

  test('prune acts on what ended unnoticed, and cleanup --all', async () => {
    await runs('gone', '--rm')
    await vanish('gone')
    await berth('container', 'cleanup', '--all', '--stopped-only')
    expect(await berth('ps', '-a', '-q')).toBe('')
    await runs('gone')
    await vanish('gone')
    await berth('container', 'prune', '-f')
    expect(await berth('ps', '-a', '-q')).toBe('')
  })

  test('restart keeps a container with --rm, and its end removes it', async () => {
    await runs('kept', '--rm')
    for (const _ of [1, 2, 3]) {
      const before = (await state('kept')).Pid
      await berth('restart', '-t', '0', 'kept')
      const after = await state('kept')
      expect(after.Status).toBe('running')
      expect(after.Pid).not.toBe(before)
    }
    await berth('stop', '-t', '0', 'kept')
    await eventually('its removal', async () => (await berth('ps', '-a', '-q')) === '')
  })

  /** Starts a command and waits until the container is being stopped by it. */
  async function begun(container: string, ...args: string[]): Promise<ChildProcess> {
    const child = berth.start(...args)
    child.stderr!.resume()
    await becomes(container, 'stopping')
    return child
  }

  test.each(['SIGINT', 'SIGKILL'] as const)('a stop that gets %s leaves it running as before', async (signal) => {
    await runs('box', '--restart', 'always')
    const stop = await begun('box', 'stop', '-t', '600', 'box')
    expect(await berth.try(['exec', 'box', 'true'])).toMatchObject({
      stderr: expect.stringContaining('can only create exec sessions on running containers'),
    })
    expect(await berth.try(['pause', 'box'])).toMatchObject({ stderr: expect.stringContaining("is not running, can't pause") })
    const gone = once(stop, 'exit')
    stop.kill(signal)
    await gone
    await becomes('box', 'running')
    expect(await berth('exec', 'box', 'echo', 'works')).toBe('works')
    await vanish('box')
    await berth('container', 'cleanup', 'box')
    expect(await state('box')).toMatchObject({ Status: 'running' })
  })

  test('a restart that is killed in the middle leaves it running, and its end removes one with --rm', async () => {
    await runs('box', '--rm')
    const restart = await begun('box', 'restart', '-t', '600', 'box')
    const gone = once(restart, 'exit')
    restart.kill('SIGKILL')
    await gone
    await becomes('box', 'running')
    await berth('stop', '-t', '0', 'box')
    expect(await berth('ps', '-a', '-q')).toBe('')
  })

  test('kill ends one that is being stopped, and the stop returns', async () => {
    await runs('box', '--restart', 'always')
    const stop = await begun('box', 'stop', '-t', '600', 'box')
    const gone = once(stop, 'exit')
    await berth('kill', 'box')
    expect((await gone)[0]).toBe(0)
    expect(await state('box')).toMatchObject({ Status: 'exited', ExitCode: 137 })
  })

  test('kill is a stop by a person: the restart policy leaves it, until the next start', async () => {
    await runs('box', '--restart', 'always')
    const since = String(Math.floor(Date.now() / 1000) - 1)
    await berth('kill', 'box')
    const cleaned = ['events', '--stream=false', '--since', since, '--filter', 'container=box', '--filter', 'event=cleanup']
    await eventually('its clean-up', async () => (await berth(...cleaned)) !== '')
    expect(await state('box')).toMatchObject({ Status: 'exited', ExitCode: 137 })
    expect((await berth.json('inspect', 'box'))[0].RestartCount).toBe(0)
  })

  describe('with a service', () => {
    const socket = join(berth.root ? inject('stage').folder : berth.user.runtime, 'life.sock')
    let service: ChildProcess
    beforeAll(async () => {
      service = berth.start('system', 'service', '--time', '0', `unix://${socket}`)
      service.stderr!.resume()
      await eventually('the socket', () => existsSync(socket), 20_000)
    })
    afterAll(() => end(service))

    test('a caller who hangs up leaves it running as before', async () => {
      await runs('box')
      const url = 'http://d/v5.0.0/libpod/containers/box/stop?timeout=600'
      const curl = [...become(berth.user), 'curl', '-sS', '--unix-socket', socket, '-X', 'POST', '-m', '2', url]
      const answer = run(curl[0]!, curl.slice(1), { env: environment(berth.user) })
      await becomes('box', 'stopping')
      expect((await answer).code).toBe(28)
      await becomes('box', 'running')
      expect(await berth('exec', 'box', 'echo', 'works')).toBe('works')
    })

    test('it does what follows from an end that nobody acted on', async () => {
      await runs('gone', '--rm')
      await runs('again', '--restart', 'always')
      const before = (await state('again')).Pid
      await Promise.all([vanish('gone'), vanish('again')])
      await eventually('its removal', async () => !(await berth('ps', '-a', '--format', '{{.Names}}')).includes('gone'), 30_000)
      await becomes('again', 'running')
      expect((await state('again')).Pid).not.toBe(before)
    })

    test('it removes what it started and what has ended; once it was killed, the monitor does', async () => {
      const own = `${socket}.own`
      const killed = berth.start('system', 'service', '--time', '0', `unix://${own}`)
      killed.stderr!.resume()
      await eventually('the socket', () => existsSync(own), 20_000)
      const options = ['-d', '--rm', '--network', 'none', images.busybox, ...stubborn]
      for (const name of ['first', 'second', 'third']) await berth('--url', `unix://${own}`, 'run', '--name', name, ...options)
      const kill = async (container: string) => process.kill((await state(container)).Pid, 'SIGKILL')
      const gone = (container: string) =>
        eventually(
          `${container} is removed`,
          async () => (await berth.try(['container', 'exists', container])).code === 1,
          20_000,
        )
      await kill('first')
      await gone('first')
      killed.kill('SIGKILL')
      await once(killed, 'close')
      await kill('second')
      await gone('second')
      await berth('stop', '-t', '0', 'third')
      await gone('third')
    })
  })

  test('--requires takes names and beginnings of ids, and says whom it does not know', async () => {
    const made = await berth('create', '--name', 'base', images.busybox, 'true')
    await berth('create', '--name', 'one', '--requires', 'base', images.busybox, 'true')
    await berth('create', '--name', 'two', '--requires', made.slice(0, 10), images.busybox, 'true')
    expect((await berth.json('inspect', 'one', 'two')).map((each: { Dependencies: string[] }) => each.Dependencies)).toEqual([
      [made],
      [made],
    ])
    expect(await berth.try(['create', '--requires', 'nosuch', images.busybox, 'true'])).toMatchObject({
      code: 125,
      stderr:
        'Error: "nosuch" is not a valid container, cannot be used as a dependency: no container with name or ID "nosuch" found: no such container\n',
    })
    expect((await berth.try(['rm', 'base'])).stderr).toContain('has dependent containers which must be removed before it')
  })

  test('host names are what the kernel takes', async () => {
    const hostname = (value: string) =>
      berth.try(['run', '--rm', '--network', 'none', '--hostname', value, images.busybox, 'cat', '/proc/sys/kernel/hostname'])
    expect(await hostname('my_h')).toMatchObject({ code: 0, stdout: 'my_h\n' })
    expect(await hostname('h'.repeat(64))).toMatchObject({ code: 0, stdout: `${'h'.repeat(64)}\n` })
    expect(await hostname('h'.repeat(65))).toMatchObject({ code: 125, stderr: expect.stringContaining('64 is the most') })
    expect(await hostname('a\nb')).toMatchObject({ code: 125, stderr: expect.stringContaining('is not a host name') })
  })

  test('a pod without a name, with an underscore, with a long one; its cgroup namespace cannot be shared', async () => {
    const invented = await berth('pod', 'create')
    await berth('pod', 'rm', invented)
    await berth('pod', 'create', '--network', 'none', 'my_pod')
    expect(await berth('run', '--rm', '--pod', 'my_pod', images.busybox, 'cat', '/proc/sys/kernel/hostname')).toBe('my_pod')
    const long = 'p'.repeat(70)
    await berth('pod', 'create', '--network', 'none', long)
    expect(await berth('run', '--rm', '--pod', long, images.busybox, 'cat', '/proc/sys/kernel/hostname')).toBe('p'.repeat(64))
    expect(await berth.try(['pod', 'create', '--share', 'cgroup', 'pc'])).toMatchObject({
      code: 125,
      stderr:
        "Error: cannot define the pod as the cgroup parent at the same time as joining the infra container's cgroupNS: invalid argument\n",
    })
    expect((await berth.try(['pod', 'exists', 'pc'])).code).toBe(1)
  })

  test('joining a container that is being removed meanwhile: made and kept, or told that it is gone', async () => {
    for (const round of [1, 2, 3]) {
      await berth('create', '--name', 'base', '--network', 'none', images.busybox, 'true')
      const join = (each: string) => ['create', '--name', each, '--network', 'container:base', images.busybox, 'true']
      const [removed, ...made] = await Promise.all([
        berth.try(['rm', 'base']),
        berth.try(join(`one${round}`)),
        berth.try(join(`two${round}`)),
      ])
      const texts = [removed, ...made].map(({ stderr }) => stderr).join('')
      expect(texts).not.toMatch(/FOREIGN KEY|constraint/)
      if (removed.code === 0) expect(made.map(({ code }) => code)).toEqual([125, 125])
      else expect(removed.stderr).toContain('has dependent containers')
      await berth('rm', '-f', '--depend', '--ignore', 'base')
    }
  })

  test('filters for what starts at boot', async () => {
    const create = (each: string, policy: string) => berth('create', '--name', each, '--restart', policy, images.busybox, 'true')
    await create('always', 'always')
    await create('unless', 'unless-stopped')
    await create('failure', 'on-failure')
    await create('none', 'no')
    const names = (filter: string) => berth('ps', '-a', '--filter', filter, '--format', '{{.Names}}', '--sort', 'names')
    expect(await names('should-start-on-boot=true')).toBe('always\nunless')
    expect(await names('should-start-on-boot=false')).toBe('failure\nnone')
    expect((await berth.try(['ps', '--filter', 'should-start-on-boot=x'])).code).toBe(125)
    await runs('stopped', '--restart', 'unless-stopped')
    await runs('shut', '--restart', 'unless-stopped')
    await berth('stop', '-t', '0', 'stopped')
    await berth('stop', '-t', '0', '--not-stopped-by-user', 'shut')
    expect(await names('should-start-on-boot=true')).toBe('always\nshut\nunless')
    await berth('start', '--all', '--filter', 'should-start-on-boot=true', '--filter', 'name=shut')
    expect((await state('shut')).Status).toBe('running')
    expect((await state('stopped')).Status).toBe('exited')
  })
})
