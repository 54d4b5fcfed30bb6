import type { ChildProcess } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, pullImages } from '../support/berth.ts'
import { end, eventually, must, run } from '../support/processes.ts'
import { become, environment } from '../support/users.ts'

const stage = inject('stage')
const { images } = stage

// Nothing is accepted that has no effect: it is done, refused by name, or there is a warning.

describe.each(anyone)('fields as %s', (name) => {
  const berth = berthAs(name)
  const folder = join(stage.folder, `fields-${name}`)
  const socket = join(berth.root ? stage.folder : berth.user.runtime, 'fields.sock')
  const own = (path: string) => chownSync(path, berth.user.uid, berth.user.gid)
  const box = images.busybox
  let service: ChildProcess

  beforeAll(async () => {
    mkdirSync(folder, { mode: 0o755 })
    own(folder)
    await pullImages(berth, box)
    service = berth.start('system', 'service', '--time', '0', `unix://${socket}`)
    service.stderr!.resume()
    await eventually('the socket', () => existsSync(socket), 20_000)
  })
  afterEach(() => clear(berth, false))
  afterAll(async () => {
    await clear(berth)
    await berth.try(['system', 'prune', '-f', '--volumes'])
    await end(service)
    rmSync(folder, { recursive: true, force: true })
  })

  const sh = (script: string, ...flags: string[]) => berth('run', '--rm', '--network', 'none', ...flags, box, 'sh', '-c', script)

  async function post(path: string, body: unknown): Promise<{ status: number; answer: Record<string, unknown> }> {
    const args = ['-sS', '-w', '\n%{http_code}', '--unix-socket', socket, '-H', 'content-type: application/json', '-d', '@-']
    const [program, ...rest] = [...become(berth.user), 'curl', ...args, `http://d/v5.0.0/libpod${path}`]
    const { stdout } = await run(program!, rest, { env: environment(berth.user), input: JSON.stringify(body) })
    const [text = '', status] = stdout.split(/\n(?=\d+$)/)
    return { status: Number(status), answer: JSON.parse(text) as Record<string, unknown> }
  }

  const refused: [string, RegExp][] = [
    ['--cgroups split', /--cgroups split/],
    ['--security-opt apparmor=nonsense', /apparmor profile "nonsense" specified, but Apparmor is not enabled/],
    ['--userns private', /at least one UID or GID mapping/],
    ['--network slirp4netns:mtu=1500', /slirp4netns.*pasta/],
    ['--pid none', /pid namespace cannot be "none"/],
    ['--uts shareable', /uts namespace cannot be "shareable"/],
    ['--dns none --dns 1.1.1.1', /none is not allowed to be specified with other DNS ip addresses/],
    ['--dns nonsense', /nonsense is not an ip address/],
    ['--pidfile /nonexistent/pid', /\/nonexistent is not a folder/],
    ['--conmon-pidfile /tmp', /"\/tmp": it is a folder/],
    ['--pull never --platform linux/s390x', /is for linux\/\w+, not for linux\/s390x/],
    ['--pull never --arch s390x', /not for linux\/s390x/],
    ['--events-backend journald', /--events-backend journald/],
    ['--events-backend nonsense', /"nonsense" is not a valid events backend/],
  ]

  test.each(refused)('run %s is refused by name', async (flags, sentence) => {
    const given = flags.split(' ')
    expect(await berth.try(['run', '--rm', ...given, box, 'true'])).toMatchObject({
      code: 125,
      stdout: '',
      stderr: expect.stringMatching(sentence),
    })
    expect(await berth('ps', '-aq')).toBe('')
  })

  test.each([
    ['--security-opt foo=bar', /foo=bar/],
    ['--userns private', /at least one UID or GID mapping/],
    ['--device-read-bps /nonexistent:1mb', /\/nonexistent/],
    ['--volume /nonexistent:/m', /\/nonexistent/],
    ['--infra-conmon-pidfile /nonexistent/pid', /\/nonexistent is not a folder/],
    ['--infra=false --infra-name x', /InfraName/],
    ['--infra=false --userns keep-id', /Userns/],
    ['--infra=false --add-host a:1.2.3.4', /HostAdd/],
  ] as [string, RegExp][])('pod create %s is refused by name', async (flags, sentence) => {
    expect(await berth.try(['pod', 'create', ...flags.split(' ')])).toMatchObject({
      code: 125,
      stdout: '',
      stderr: expect.stringMatching(sentence),
    })
    expect([await berth('pod', 'ps', '-q'), await berth('ps', '-aq')]).toEqual(['', ''])
  })

  test('the API refuses with 400, naming the field, and takes what says nothing', async () => {
    for (const [path, given, code, field] of [
      ['containers', { future_field: 1 }, 'UnknownField', 'future_field'],
      ['containers', { portmappings: [{ container_port: 80, future: 1 }] }, 'UnknownField', 'portmappings.future'],
      ['containers', { volumes_from: ['a:volumes_from'] }, 'InvalidArgument', 'volumes_from'],
      ['containers', { personality: { domain: 'LINUX32', flags: ['personality.flags'] } }, 'NotSupported', 'personality.flags'],
      ['containers', { healthMaxLogCount: -1, healthconfig: { Test: ['CMD', 'true'] } }, 'InvalidArgument', 'healthMaxLogCount'],
      ['containers', { dns_server: ['none'] }, 'InvalidArgument', 'dns_server'],
      ['containers', { pid_file: 'relative' }, 'InvalidArgument', 'pid_file'],
      ['pods', { resource_limits: { unified: { 'memory.high': '1' } } }, 'NotSupported', 'resource_limits.unified'],
      ['pods', { future_field: 1 }, 'UnknownField', 'future_field'],
    ] as const) {
      const body = path === 'pods' ? given : { image: box, ...given }
      const { status, answer } = await post(`/${path}/create`, body)
      expect({ status, code: answer['code'], details: answer['details'] }, field).toMatchObject({
        status: 400,
        code,
        details: { field },
      })
      expect(String(answer['message'])).toContain(field === 'dns_server' ? 'none' : field === 'pid_file' ? 'relative' : field)
    }
    expect(await berth('ps', '-aq')).toBe('')
    const nothing = {
      image: box,
      future_field: null,
      other: '',
      third: [],
      fourth: { a: [false, 0] },
      secrets: null,
      healthconfig: null,
    }
    expect(await post('/containers/create', nothing)).toMatchObject({ status: 201, answer: { Warnings: [] } })
  })

  test.each([
    ...(berth.root
      ? []
      : [['--network slirp4netns', /WARNING: .*pasta/, ['run', '--rm', '--network', 'slirp4netns', box, 'true']]]),
    [
      '--log-opt',
      /WARNING: .*log_configuration\.options\.colour/,
      ['run', '--rm', '--network', 'none', '--log-opt', 'colour=red', box, 'true'],
    ],
    ['image prune --build-cache', /WARNING: --build-cache/, ['image', 'prune', '-f', '--build-cache']],
  ] as [string, RegExp, string[]][])('%s is answered with a warning', async (_, sentence, args) => {
    expect(await berth.try(args)).toMatchObject({ code: 0, stderr: expect.stringMatching(sentence) })
  })

  test('--ipc none leaves no shared memory, and a namespace of its own', async () => {
    const [inside, ...shm] = (
      await sh('readlink /proc/self/ns/ipc; ls -d /dev/shm 2>&1; grep -c " /dev/shm " /proc/mounts; true', '--ipc', 'none')
    ).split('\n')
    expect(inside).toMatch(/^ipc:/)
    expect(inside).not.toBe(await must('readlink', ['/proc/self/ns/ipc']))
    expect(shm.join('\n')).toMatch(/No such file[^\n]*\n0$/)
  })

  test('--dns none and --no-hostname leave files to the image', async () => {
    const listed = async (...flags: string[]) => (await berth('run', '--rm', ...flags, box, 'ls', '/etc')).split('\n')
    const files = await listed('--dns', 'none', '--no-hostname')
    expect(files).toContain('hosts')
    expect(files).not.toContain('resolv.conf')
    expect(files).not.toContain('hostname')
    expect(await listed()).toEqual(expect.arrayContaining(['resolv.conf', 'hostname']))
    // Who has no network asks nobody.
    expect(await listed('--network', 'none')).not.toContain('resolv.conf')
  })

  test('process ids are written where they are wanted, at every start', async () => {
    const [pid, conmon] = [join(folder, 'pid'), join(folder, 'conmon')]
    await berth(
      'run',
      '-d',
      '--name',
      'noticed',
      '--network',
      'none',
      '--pidfile',
      pid,
      '--conmon-pidfile',
      conmon,
      box,
      'sleep',
      '1000',
    )
    const facts = async () => (await berth.json('inspect', 'noticed'))[0]
    const first = await facts()
    expect([readFileSync(pid, 'utf8'), readFileSync(conmon, 'utf8')]).toEqual([
      String(first.State.Pid),
      String(first.State.ConmonPid),
    ])
    expect([first.PidFile, first.ConmonPidFile]).toEqual([pid, conmon])
    await berth('restart', '-t', '0', 'noticed')
    const second = await facts()
    expect(second.State.Pid).not.toBe(first.State.Pid)
    expect(readFileSync(pid, 'utf8')).toBe(String(second.State.Pid))
  })

  test('what a pod mounts its members have, unless they mount something there themselves', async () => {
    const host = join(folder, 'shared')
    mkdirSync(host)
    own(host)
    writeFileSync(join(host, 'file'), 'pod\n')
    await berth('pod', 'create', '--name', 'mounting', '-v', `${host}:/m:ro`, '-v', `fields-${name}:/data`)
    const member = (script: string, ...flags: string[]) =>
      berth('run', '--rm', '--pod', 'mounting', ...flags, box, 'sh', '-c', script)
    expect(await member('cat /m/file; echo kept >/data/f; touch /m/x 2>&1; true')).toMatch(/^pod\n.*Read-only/)
    expect(await member('cat /data/f; ls /m', '--tmpfs', '/m')).toBe('kept')
  })

  test.each([
    ['--security-opt label=disable'],
    ['--security-opt apparmor=unconfined'],
    ['--cgroups no-conmon'],
    ['--cgroups enabled'],
    ['--sdnotify ignore'],
    ['--systemd false'],
    ['--no-healthcheck'],
    ['--platform linux'],
  ])('run %s works without a word', async (flags) => {
    expect(await berth.try(['run', '--rm', '--network', 'none', ...flags.split(' '), box, 'true'])).toMatchObject({
      code: 0,
      stderr: '',
    })
  })

  test('a container without a control group only where the runtime can', async () => {
    const { code, stderr } = await berth.try(['run', '--rm', '--network', 'none', '--cgroups', 'disabled', box, 'true'])
    expect(code === 0 ? 'done' : `${code} ${stderr}`).toMatch(/^done$|^125 .*runc is not compatible with NoCgroups/)
  })
})
