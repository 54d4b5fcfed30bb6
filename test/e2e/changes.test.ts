import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, type Berth, berthAs, clear, everyone, pullImages } from '../support/berth.ts'
import { delegated } from '../support/cgroups.ts'
import { eventually } from '../support/processes.ts'

// What changes a container that is there: update, clone, edit.

const { images } = inject('stage')
const sleeper = [images.busybox, 'sleep', '1000']
const quick = ['--network', 'none', '--stop-timeout', '0']

/** What the kernel says about the control group of a container: a file of version 1 or of version 2. */
async function groupFile(berth: Berth, container: string, controller: string, v1: string, v2: string): Promise<string> {
  const pid = (await berth.json('inspect', container))[0].State.Pid as number
  const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(':') as [string, string, string])
  const own = lines.find(([, names]) => names.split(',').includes(controller))
  if (own) return readFileSync(join('/sys/fs/cgroup', controller, own[2], v1), 'utf8').trim()
  const folder = join('/sys/fs/cgroup', lines[0]![2])
  return readFileSync(join(existsSync(join(folder, v2)) ? folder : join(folder, '..'), v2), 'utf8').trim()
}

describe.each(everyone)('update as %s', (name) => {
  const berth = berthAs(name)
  const limited = berth.root || delegated(berth.user)

  beforeAll(() => pullImages(berth, images.busybox))
  afterEach(() => clear(berth, false))
  afterAll(() => clear(berth))

  test.skipIf(!limited)('limits of what runs count at once and after a restart (needs a delegated cgroup)', async () => {
    await berth('run', '-d', '--name', 'box', ...quick, '--memory', '64m', ...sleeper)
    const id = await berth(
      'update',
      '--memory',
      '128m',
      '--cpus',
      '0.5',
      '--pids-limit',
      '77',
      '--restart',
      'on-failure:3',
      'box',
    )
    expect(id).toBe((await berth.json('inspect', 'box'))[0].Id)
    const look = async () => [
      await groupFile(berth, 'box', 'memory', 'memory.limit_in_bytes', 'memory.max'),
      await groupFile(berth, 'box', 'pids', 'pids.max', 'pids.max'),
      (await groupFile(berth, 'box', 'cpu', 'cpu.cfs_quota_us', 'cpu.max')).split(' ')[0],
    ]
    expect(await look()).toEqual([String(128 * 1024 ** 2), '77', '50000'])
    await berth('restart', 'box')
    expect(await look()).toEqual([String(128 * 1024 ** 2), '77', '50000'])
    await berth('update', '--pids-limit', '-1', 'box')
    expect((await look())[1]).toBe('max')
    const [{ HostConfig }] = await berth.json('inspect', 'box')
    expect(HostConfig).toMatchObject({
      Memory: 128 * 1024 ** 2,
      NanoCpus: 5e8,
      RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
    })
    const refused = await berth.try(['update', '--memory', '1k', 'box'])
    expect(refused).toMatchObject({ code: 125, stderr: expect.stringContaining('too small') })
    expect((await look())[0]).toBe(String(128 * 1024 ** 2))
  })
})

describe.each(anyone)('changes of containers, as %s', (name) => {
  const berth = berthAs(name)
  const env = (container: string) => berth('exec', container, 'sh', '-c', 'echo $A $B $C; ulimit -n')

  beforeAll(() => pullImages(berth, images.busybox, images.server))
  afterEach(async () => {
    await clear(berth, false)
    await berth('system', 'prune', '-f', '--volumes')
  })
  afterAll(() => clear(berth))

  test('update: environment, ulimits and restart policy from the next start on', async () => {
    await berth('run', '-d', '--name', 'box', ...quick, '-e', 'A=1', '-e', 'B=2', ...sleeper)
    await berth('update', '-e', 'C=3', '--unsetenv', 'B', '--ulimit', 'nofile=99:100', '--restart', 'always', '-l')
    await berth('restart', 'box')
    expect(await env('box')).toBe('1 3\n99')
    const [{ Config, HostConfig }] = await berth.json('inspect', 'box')
    expect(Config.Env).toEqual(expect.arrayContaining(['A=1', 'C=3']))
    expect(HostConfig.RestartPolicy.Name).toBe('always')
  })

  test.each([
    [['box', 'more'], 'accepts'],
    [['gone'], 'no such container'],
    [['--restart', 'never-ever', 'box'], 'is not a valid restart policy'],
    [['--health-cmd', 'true', '--health-retries', '0', 'box'], 'healthcheck-retries must be greater than 0'],
    [['--device-read-bps', '/dev/nope:1mb', 'box'], 'could not parse throttle device at /dev/nope: no such file or directory'],
    [['-e', '=x', 'box'], 'is not NAME=VALUE'],
  ])('update %o is refused', async (args, message) => {
    await berth('create', '--name', 'box', ...quick, ...sleeper)
    expect(await berth.try(['update', ...args])).toMatchObject({ code: 125, stderr: expect.stringContaining(message) })
  })

  test('clone: the same with another name, image or limits', async () => {
    await berth('run', '-d', '--name', 'box', ...quick, '-e', 'A=1', '-v', 'kept:/data', '-v', '/too', ...sleeper)
    await berth('exec', 'box', 'sh', '-c', 'echo shared >/data/file; echo also >/too/file; echo own >/own')
    await berth('container', 'clone', '--run', 'box')
    expect(await berth('exec', 'box-clone', 'sh', '-c', 'echo $A; cat /data/file /too/file; ls /own || true')).toBe(
      '1\nshared\nalso',
    )
    await berth('container', 'clone', 'box')
    await berth('container', 'clone', 'box', 'served', images.server)
    expect((await berth('ps', '-a', '--format', '{{.Names}} {{.Image}}', '--sort', 'names')).split('\n')).toEqual([
      `box ${images.busybox}`,
      `box-clone ${images.busybox}`,
      `box-clone1 ${images.busybox}`,
      `served ${images.server}`,
    ])
    expect(await berth.try(['container', 'clone', '--destroy', 'box', 'next'])).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('cannot be removed without force'),
    })
    await berth('container', 'clone', '--destroy', '--force', 'box', 'next')
    expect((await berth('ps', '-a', '--format', '{{.Names}}', '--sort', 'names')).split('\n')).not.toContain('box')
  })

  test('edit: what is given is replaced, everything else stays', async () => {
    const options = ['-e', 'A=1', '-l', 'x=y', '-v', 'kept:/data', '-v', '/anonymous', '--restart', 'on-failure:2']
    await berth('run', '-d', '--name', 'box', ...quick, ...options, ...sleeper)
    await berth('exec', 'box', 'sh', '-c', 'for f in /data/f /anonymous/f /own; do echo $f >$f; done')
    const [before] = await berth.json('inspect', 'box')
    const dry = await berth('container', 'edit', '--dry-run', '-e', 'B=2', 'box')
    expect(dry).toBe('env: {"A":"1"} -> {"B":"2"}\nThe container is stopped and started again.')
    expect((await berth.json('inspect', 'box'))[0].State.Pid).toBe(before.State.Pid)
    expect(await berth('container', 'edit', '-e', 'B=2', '--ulimit', 'nofile=99:100', 'box')).toBe(before.Id)
    expect(await env('box')).toBe('2\n99')
    expect(await berth('exec', 'box', 'cat', '/data/f', '/anonymous/f', '/own')).toBe('/data/f\n/anonymous/f\n/own')
    const [after] = await berth.json('inspect', 'box')
    for (const same of ['Id', 'Name', 'Created', 'Mounts', 'Image']) expect(after[same]).toEqual(before[same])
    expect(after.HostConfig.RestartPolicy).toEqual(before.HostConfig.RestartPolicy)
    expect(after.Config.Labels).toEqual(before.Config.Labels)
    await berth('container', 'edit', '--reset', 'env,restart', '--name', 'renamed', 'box')
    expect(await env('renamed')).toBe('\n99')
    expect((await berth.json('inspect', 'renamed'))[0].HostConfig.RestartPolicy.Name).toBe('no')
    expect(await berth('container', 'edit', '--ulimit', 'nofile=99:100', '--dry-run', 'renamed')).toBe('Nothing changes.')
  })

  test('edit: a crash loop is ended by a better command', async () => {
    await berth('run', '-d', '--name', 'box', ...quick, '--restart', 'always', images.busybox, 'sh', '-c', 'exit 3')
    await berth('container', 'edit', 'box', 'sleep', '1000')
    expect((await berth.json('inspect', 'box'))[0].State.Status).toBe('running')
    expect(await berth('exec', 'box', 'echo', 'on')).toBe('on')
  })

  test('edit: one whose end nobody has acted on yet runs again where its restart policy asks for it', async () => {
    for (const [restart, wanted] of [
      ['always', 'running'],
      ['no', 'exited'],
    ] as const) {
      await berth('run', '-d', '--name', restart, ...quick, '--restart', restart, ...sleeper)
      const { Pid, ConmonPid } = (await berth.json('inspect', restart))[0].State
      for (const pid of [ConmonPid, Pid]) process.kill(pid, 'SIGKILL')
      await eventually('its end', () => !existsSync(`/proc/${Pid}`) && !existsSync(`/proc/${ConmonPid}`))
      await berth('container', 'edit', restart, 'sleep', '1001')
      expect((await berth.json('inspect', restart))[0].State.Status).toBe(wanted)
    }
  })

  test('edit: another image has its own files, and the volumes stay', async () => {
    await berth('run', '-d', '--name', 'box', ...quick, '-v', '/anonymous', ...sleeper)
    await berth('exec', 'box', 'sh', '-c', 'echo kept >/anonymous/f; echo own >/own')
    await berth('container', 'edit', '--image', images.server, 'box', 'sleep', '1000')
    expect(await berth('exec', 'box', 'sh', '-c', 'cat /anonymous/f; ls /own 2>/dev/null; echo $SITE')).toMatch(/^kept\n\S+$/)
    expect((await berth.json('inspect', 'box'))[0].ImageName).toBe(images.server)
    await berth('exec', 'box', 'sh', '-c', 'echo second >/second')
    await berth('restart', 'box')
    expect(await berth('exec', 'box', 'cat', '/second')).toBe('second')
    expect(await berth('export', 'box', '-o', '/dev/null')).toBe('')
    expect(await berth('system', 'check')).toBe('')
    await berth('rm', '-f', '-v', 'box')
    expect(await berth('system', 'check')).toBe('')
  })

  test('edit: what cannot be started is put back, and runs again', async () => {
    await berth('run', '-d', '--name', 'box', ...quick, '-e', 'A=1', '-v', '/anonymous', ...sleeper)
    const [before] = await berth.json('inspect', 'box')
    const volumes = await berth('system', 'df', '--format', '{{.Type}} {{.Total}}')
    const args = ['-v', '/other', '--image', images.server, '--entrypoint', '/no/such/program', 'box']
    const failed = await berth.try(['container', 'edit', ...args])
    expect(failed).toMatchObject({ code: 127, stderr: expect.stringContaining('was undone, and it runs as before') })
    const [after] = await berth.json('inspect', 'box')
    expect(after).toMatchObject({
      Id: before.Id,
      ImageName: before.ImageName,
      Mounts: before.Mounts,
      State: { Status: 'running' },
    })
    expect(await env('box')).toMatch(/^1\n/)
    expect(await berth('system', 'df', '--format', '{{.Type}} {{.Total}}')).toBe(volumes)
    expect(await berth('system', 'check')).toBe('')
  })

  test('runlabel: the command of a label, with berth in the place of podman', async () => {
    await berth('create', '--name', 'box', ...quick, ...sleeper)
    const label = 'LABEL run="podman run --rm --network none --name NAME IMAGE sh -c \'exit 3\'"'
    await berth('commit', '-q', '-c', label, '-c', 'LABEL show="/bin/echo $IMAGE ${NAME}"', 'box', 'labelled:1')
    const shown = 'command: berth run --rm --network none --name mine localhost/labelled:1 sh -c exit 3'
    expect(await berth('container', 'runlabel', '--display', '-n', 'mine', 'run', 'labelled:1')).toBe(shown)
    expect(await berth.try(['container', 'runlabel', '-q', 'run', 'labelled:1'])).toMatchObject({
      code: 3,
      stdout: '',
      stderr: '',
    })
    expect(await berth('container', 'runlabel', '-q', 'show', 'labelled:1', 'more')).toBe('localhost/labelled:1 labelled more')
    const missing = await berth.try(['container', 'runlabel', 'none', 'labelled:1'])
    expect(missing).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('cannot find the value of label: none in image: labelled:1'),
    })
    await berth('rm', 'box')
    await berth('rmi', 'labelled:1')
  })

  test.each([
    [['-v', '/nope/nope:/m', 'box'], 'no such file or directory'],
    [['--memory-swap', '1m', 'box'], 'memory'],
    [['--name', 'other', 'box'], 'already in use'],
    [['--reset', 'nothing', 'box'], '"nothing" is none'],
    [['gone'], 'no such container'],
  ])('edit %o is refused, and the container runs on', async (args, message) => {
    await berth('create', '--name', 'other', ...quick, ...sleeper)
    await berth('run', '-d', '--name', 'box', ...quick, ...sleeper)
    const [{ State }] = await berth.json('inspect', 'box')
    expect(await berth.try(['container', 'edit', ...args])).toMatchObject({ code: 125, stderr: expect.stringContaining(message) })
    if (!args.includes('other')) expect((await berth.json('inspect', 'box'))[0].State.Pid).toBe(State.Pid)
    expect((await berth.json('inspect', 'box'))[0].State.Status).toBe('running')
  })
})
