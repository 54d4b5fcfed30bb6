import { mkdirSync, writeFileSync, chownSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, everyone, pullImages } from '../support/berth.ts'
import { eventually } from '../support/processes.ts'

const { images } = inject('stage')
const id = /^[0-9a-f]{64}$/

describe.each(everyone)('containers as %s', (name) => {
  const berth = berthAs(name)
  // The same for everyone.
  const once = anyone.filter((each) => each === name)

  beforeAll(() => pullImages(berth, images.busybox, images.server))
  afterEach(() => clear(berth, false))
  afterAll(() => clear(berth))

  const state = async (container: string) => (await berth.json('inspect', container))[0].State

  test('run --rm prints what the command prints and leaves nothing', async () => {
    expect(await berth('run', '--rm', images.busybox, 'echo', 'hello world')).toBe('hello world')
    expect(await berth('ps', '-a', '-q')).toBe('')
  })

  test('run ends with the exit code of the command', async () => {
    expect((await berth.try(['run', '--rm', images.busybox, 'sh', '-c', 'exit 7'])).code).toBe(7)
  })

  test('standard output and error stay apart', async () => {
    const result = await berth.try(['run', '--rm', images.busybox, 'sh', '-c', 'echo out; echo err >&2'])
    expect(result).toMatchObject({ code: 0, stdout: 'out\n', stderr: 'err\n' })
  })

  test('-i hands over standard input to its end', async () => {
    const input = 'line\n'.repeat(20_000)
    const result = await berth.try(['run', '--rm', '-i', images.busybox, 'wc', '-l'], { input })
    expect(result.stdout.trim()).toBe('20000')
  })

  test('-d prints the id, and ps and inspect show the container', async () => {
    const made = await berth(
      'run',
      '-d',
      '--name',
      'web',
      '--label',
      'tier=front',
      '-e',
      'COLOUR=blue',
      images.busybox,
      'sleep',
      '1000',
    )
    expect(made).toMatch(id)
    const [row] = await berth.json('ps', '--format', 'json')
    expect(row).toMatchObject({ Id: made, Names: ['web'], State: 'running', Image: images.busybox, Labels: { tier: 'front' } })
    const [details] = await berth.json('inspect', 'web')
    expect(details).toMatchObject({
      Id: made,
      Name: 'web',
      ImageName: images.busybox,
      State: { Status: 'running', Running: true },
    })
    expect(details.Config.Env).toContain('COLOUR=blue')
    expect(details.Config.Cmd).toEqual(['sleep', '1000'])
    expect(details.State.Pid).toBeGreaterThan(1)
    expect(await berth('ps', '-q', '--no-trunc')).toBe(made)
    expect(await berth('ps', '--format', '{{.Names}} {{.State}}')).toBe('web running')
  })

  test('create, start, stop, start again, remove', async () => {
    await berth(
      'create',
      '--name',
      'steps',
      images.busybox,
      'sh',
      '-c',
      'echo up; trap "exit 3" TERM; while :; do sleep 0.1; done',
    )
    expect((await state('steps')).Status).toBe('created')
    expect(await berth('start', 'steps')).toBe('steps')
    expect((await state('steps')).Status).toBe('running')
    await eventually('the first line of its log', async () => (await berth('logs', 'steps')) === 'up')
    expect(await berth('stop', '-t', '5', 'steps')).toBe('steps')
    expect(await state('steps')).toMatchObject({ Status: 'exited', ExitCode: 3, Running: false })
    await berth('start', 'steps')
    expect((await state('steps')).Status).toBe('running')
    expect((await berth.try(['rm', 'steps'])).code).toBe(2)
    await berth('rm', '-f', '-t', '0', 'steps')
    expect((await berth.try(['inspect', 'steps'])).code).toBe(125)
  })

  test('stop ends what does not listen after its time', async () => {
    await berth('run', '-d', '--name', 'deaf', images.busybox, 'sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done')
    await berth('stop', '-t', '1', 'deaf')
    expect(await state('deaf')).toMatchObject({ Status: 'exited', ExitCode: 137 })
  })

  test.each(once)('restart runs it once more', async () => {
    await berth('run', '-d', '--name', 'again', images.busybox, 'sleep', '1000')
    const before = (await state('again')).Pid
    await berth('restart', '-t', '0', 'again')
    const after = await state('again')
    expect(after.Status).toBe('running')
    expect(after.Pid).not.toBe(before)
  })

  test.each(once)('kill sends the signal', async () => {
    const made = await berth(
      'run',
      '-d',
      '--name',
      'victim',
      images.busybox,
      'sh',
      '-c',
      'trap "exit 9" USR1; while :; do sleep 0.05; done',
    )
    await eventually('the trap', async () => (await berth('top', 'victim')).includes('sleep'))
    await berth('kill', '-s', 'USR1', 'victim')
    expect(await berth('wait', 'victim')).toBe('9')
    const failed = await berth.try(['kill', 'victim'])
    expect(failed.code).toBe(125)
    expect(failed.stderr).toMatch(new RegExp(`victim|${made}`))
  })

  test.each(once)('wait gives the exit code, also of what has ended', async () => {
    await berth('run', '-d', '--name', 'brief', images.busybox, 'sh', '-c', 'sleep 0.3; exit 5')
    expect(await berth('wait', 'brief')).toBe('5')
    expect(await berth('wait', 'brief')).toBe('5')
  })

  test.each(once)('rename changes the name and keeps the rest', async () => {
    const made = await berth('run', '-d', '--name', 'old', images.busybox, 'sleep', '1000')
    await berth('rename', 'old', 'new')
    expect((await berth.json('inspect', 'new'))[0].Id).toBe(made)
    expect((await berth.try(['inspect', 'old'])).code).toBe(125)
  })

  test('options reach the container', async () => {
    const script = 'pwd; id -u; hostname; echo "$GREETING"; cat /proc/self/cmdline | tr "\\0" " "'
    const options = ['-w', '/tmp', '-u', '33', '--hostname', 'harbour', '-e', 'GREETING=a b  c', '--entrypoint', 'sh']
    const [folder, user, host, greeting] = (await berth('run', '--rm', ...options, images.server, '-c', script)).split('\n')
    expect([folder, user, host, greeting]).toEqual(['/tmp', '33', 'harbour', 'a b  c'])
  })

  test.each(once)("the image's entry point, command, environment and folder are the default", async () => {
    await berth('create', '--name', 'plain', images.server)
    const [{ Config, Path, Args }] = await berth.json('inspect', 'plain')
    expect([Path, ...Args]).toEqual(['httpd', '-f', '-v', '-h', '/var/www', '-p', '8080'])
    expect(Config).toMatchObject({ WorkingDir: '/var/www', Labels: { made: 'for tests' } })
    expect(Config.Env).toContain('SITE=berth')
  })

  test('a folder of the host and a named volume are mounted', async () => {
    const folder = join(inject('stage').folder, `shared-${name}`)
    mkdirSync(folder, { recursive: true })
    chownSync(folder, berth.user.uid, berth.user.gid)
    writeFileSync(join(folder, 'greeting'), 'from the host')
    expect(await berth('run', '--rm', '-v', `${folder}:/mnt:ro`, images.busybox, 'cat', '/mnt/greeting')).toBe('from the host')
    expect((await berth.try(['run', '--rm', '-v', `${folder}:/mnt:ro`, images.busybox, 'touch', '/mnt/x'])).code).toBe(1)
    await berth('run', '--rm', '-v', 'keep:/data', images.busybox, 'sh', '-c', 'echo kept >/data/file')
    expect(await berth('run', '--rm', '-v', 'keep:/data', images.busybox, 'cat', '/data/file')).toBe('kept')
  })

  test('what a container writes is its own', async () => {
    await berth('run', '--name', 'writer', images.busybox, 'sh', '-c', 'echo mine >/note')
    expect((await berth.try(['run', '--rm', images.busybox, 'cat', '/note'])).code).toBe(1)
    await berth('start', 'writer')
    await berth('wait', 'writer')
    expect(await berth('ps', '-a', '--format', '{{.Names}}')).toBe('writer')
  })

  test('restart policies: on-failure counts, always goes on, no stays', async () => {
    await berth('run', '-d', '--name', 'thrice', '--restart', 'on-failure:2', images.busybox, 'sh', '-c', 'exit 4')
    await eventually(
      'two restarts',
      async () => {
        const [details] = await berth.json('inspect', 'thrice')
        return details.RestartCount === 2 && details.State.Status === 'exited'
      },
      20_000,
    )
    await berth('run', '-d', '--name', 'forever', '--restart', 'always', images.busybox, 'sh', '-c', 'sleep 0.2')
    await eventually('three restarts', async () => (await berth.json('inspect', 'forever'))[0].RestartCount >= 3, 20_000)
    await berth('stop', '-t', '0', 'forever')
    expect((await state('forever')).Status).toBe('exited')
  })

  test('the default restrictions hold', async () => {
    const status = await berth('run', '--rm', images.busybox, 'cat', '/proc/self/status')
    expect(status).toMatch(/^CapEff:\s+00000000800405fb$/m)
    expect(status).toMatch(/^Seccomp:\s+2$/m)
    const attempts = 'ls -A /sys/firmware; echo x >/proc/sys/kernel/domainname; mount -t tmpfs x /tmp; true'
    const { stdout, stderr } = await berth.try(['run', '--rm', images.busybox, 'sh', '-c', attempts])
    expect(stdout).toBe('')
    expect(stderr).toMatch(/domainname: Read-only/)
    expect(stderr).toMatch(/mount: permission denied|Operation not permitted/i)
  })

  test('a monitor that was killed is noticed by the next look', async () => {
    await berth('run', '-d', '--name', 'orphan', images.busybox, 'sleep', '1000')
    const [details] = await berth.json('inspect', 'orphan')
    process.kill(details.State.ConmonPid, 'SIGKILL')
    process.kill(details.State.Pid, 'SIGKILL')
    await eventually('its end', async () => (await state('orphan')).Running === false)
    expect(await berth('ps', '-q')).toBe('')
    await berth('rm', '-f', 'orphan')
  })

  test.each(once)('top lists its processes, diff-free and by name', async () => {
    await berth('run', '-d', '--name', 'busy', images.busybox, 'sleep', '1000')
    expect(await berth('top', 'busy')).toMatch(/USER\s+PID[\s\S]*sleep 1000/)
    expect(await berth('top', 'busy', 'pid', 'comm')).toMatch(/PID\s+COMMAND\n1\s+sleep/)
  })

  test('stats shows one sample', async () => {
    await berth('run', '-d', '--name', 'counted', images.busybox, 'sh', '-c', 'while :; do :; done')
    const [sample] = await berth.json('stats', '--no-stream', '--format', 'json', 'counted')
    expect(sample).toMatchObject({ name: 'counted' })
    expect(sample).toHaveProperty('mem_usage')
    expect(sample).toHaveProperty('cpu_percent')
  })

  test.each(once)('events tell the story in order', async () => {
    const since = String(Math.floor(Date.now() / 1000) - 1)
    await berth('run', '--rm', '--name', 'story', images.busybox, 'true')
    const lines = (
      await berth('events', '--stream=false', '--since', since, '--filter', 'container=story', '--format', '{{.Status}}')
    ).split('\n')
    for (const status of ['create', 'init', 'start', 'died', 'remove']) expect(lines).toContain(status)
    expect(lines.indexOf('create')).toBeLessThan(lines.indexOf('start'))
    expect(lines.indexOf('start')).toBeLessThan(lines.indexOf('died'))
  })

  test.each(once)('filters choose', async () => {
    await berth('run', '-d', '--name', 'one', '--label', 'set=a', images.busybox, 'sleep', '1000')
    await berth('create', '--name', 'two', '--label', 'set=b', images.busybox, 'true')
    expect(await berth('ps', '-a', '--filter', 'label=set=b', '--format', '{{.Names}}')).toBe('two')
    expect(await berth('ps', '-a', '--filter', 'status=running', '--format', '{{.Names}}')).toBe('one')
    expect(await berth('ps', '-a', '--filter', 'name=tw', '--format', '{{.Names}}')).toBe('two')
  })

  test.each(once)('an id is known by its beginning', async () => {
    const made = await berth('create', images.busybox, 'true')
    expect((await berth.json('inspect', made.slice(0, 12)))[0].Id).toBe(made)
    expect(await berth('rm', made.slice(0, 10))).toMatch(/^[0-9a-f]+$/)
  })
})
