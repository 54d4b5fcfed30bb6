import { chownSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, everyone, pullImages } from '../support/berth.ts'
import { freePort } from '../support/free-port.ts'
import { eventually } from '../support/processes.ts'

const { images } = inject('stage')

describe.each(everyone)('pods as %s', (name) => {
  const berth = berthAs(name)

  beforeAll(() => pullImages(berth, images.busybox, images.server))
  afterEach(() => clear(berth, false))
  afterAll(() => clear(berth))

  test('create, list, inspect, remove', async () => {
    const made = await berth('pod', 'create', '--name', 'crew')
    expect(made).toMatch(/^[0-9a-f]{64}$/)
    expect((await berth.try(['pod', 'exists', 'crew'])).code).toBe(0)
    const [row] = await berth.json('pod', 'ps', '--format', 'json')
    expect(row).toMatchObject({ Id: made, Name: 'crew', Status: 'Created' })
    expect(row.Containers).toHaveLength(1)
    await berth('pod', 'rm', 'crew')
    expect((await berth.try(['pod', 'exists', 'crew'])).code).toBe(1)
    expect(await berth('ps', '-a', '-q')).toBe('')
  })

  test('members share network, host name and IPC, and find each other by name', async () => {
    const port = await freePort()
    await berth('pod', 'create', '--name', 'shared', '-p', `127.0.0.1:${port}:8080`)
    await berth('run', '-d', '--pod', 'shared', '--name', 'server', images.server)
    await berth('run', '-d', '--pod', 'shared', '--name', 'client', images.busybox, 'sleep', '1000')
    const page = await eventually('a page by way of the loop', async () => {
      const result = await berth.try(['exec', 'client', 'wget', '-qO-', 'http://server:8080/'])
      return result.code === 0 && result.stdout
    })
    expect(page).toBe('served by berth\n')
    expect(await berth('exec', 'client', 'hostname')).toBe(await berth('exec', 'server', 'hostname'))
    const outside = await eventually('a page by the published port', async () =>
      (await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined))?.text(),
    )
    expect(outside).toBe('served by berth\n')
    const [first, second] = await Promise.all(
      ['client', 'server'].map((each) =>
        berth('exec', each, 'stat', '-L', '-c', '%i', '/proc/self/ns/net', '/proc/self/ns/ipc', '/proc/self/ns/uts'),
      ),
    )
    expect(first).toBe(second)
    await berth('rm', '-f', '-t', '0', 'server')
    expect(await berth('exec', 'client', 'cat', '/etc/hosts')).toMatch(/127\.0\.0\.1\tclient$/)
  })

  test('stop, start and restart mean all of them', async () => {
    await berth('pod', 'create', '--name', 'all')
    for (const each of ['a', 'b']) await berth('run', '-d', '--pod', 'all', '--name', each, images.busybox, 'sleep', '1000')
    const states = async () => {
      const rows = (await berth.json('ps', '-a', '--pod', '--filter', 'pod=all', '--format', 'json')) as {
        Names: string[]
        State: string
      }[]
      return Object.fromEntries(rows.filter((row) => ['a', 'b'].includes(row.Names[0]!)).map((row) => [row.Names[0], row.State]))
    }
    expect(await states()).toEqual({ a: 'running', b: 'running' })
    await berth('pod', 'stop', '-t', '0', 'all')
    expect(await states()).toEqual({ a: 'exited', b: 'exited' })
    expect((await berth.json('pod', 'ps', '--format', 'json'))[0].Status).toBe('Exited')
    await berth('pod', 'start', 'all')
    expect(await states()).toEqual({ a: 'running', b: 'running' })
    expect((await berth.json('pod', 'ps', '--format', 'json'))[0].Status).toBe('Running')
    expect((await berth.try(['pod', 'rm', 'all'])).code).toBe(125)
    await berth('pod', 'rm', '-f', '-t', '0', 'all')
    expect(await berth('ps', '-a', '-q')).toBe('')
  })

  test('a container can bring its pod', async () => {
    await berth('run', '-d', '--pod', 'new:fresh', '--name', 'member', images.busybox, 'sleep', '1000')
    const [row] = await berth.json('pod', 'ps', '--format', 'json')
    expect(row.Name).toBe('fresh')
    expect(row.Containers.map((each: { Names: string }) => each.Names)).toContain('member')
  })

  test('names are shared with containers, and unknown pods are named', async () => {
    await berth('create', '--name', 'taken', images.busybox, 'true')
    const refused = await berth.try(['pod', 'create', '--name', 'taken'])
    expect(refused.code).toBe(125)
    expect(refused.stderr).toContain('taken')
    const unknown = await berth.try(['run', '--rm', '--pod', 'nowhere', images.busybox, 'true'])
    expect(unknown.code).toBe(125)
    expect(unknown.stderr).toContain('nowhere')
  })

  test('what a pod says is in its control group, its infra container and its members', async () => {
    const folder = mkdtempSync(join(berth.user.home, 'pod-'))
    writeFileSync(join(folder, 'file'), 'seen')
    chownSync(folder, berth.user.uid, berth.user.gid)
    const asked =
      '--memory 64m --pids-limit 50 --cpus 0.5 --share +pid --infra-name lim_infra --hostname crew-1 --add-host one:1.2.3.4 --shm-size 10m'
    const more = '--label a=b --restart on-failure:3 --sysctl net.core.somaxconn=99 --device /dev/zero:/dev/nought'
    const security = '--security-opt seccomp=unconfined --security-opt no-new-privileges'
    const files = ['-v', `${folder}:/h:ro`, '--pod-id-file', join(folder, 'id')]
    const id = await berth('pod', 'create', '--name', 'lim_1', ...`${asked} ${more} ${security}`.split(' '), ...files)
    expect(readFileSync(join(folder, 'id'), 'utf8')).toBe(id)
    await berth('run', '-d', '--pod', 'lim_1', '--name', 'member', images.busybox, 'sleep', '1000')
    const seen = await berth(
      'exec',
      'member',
      'sh',
      '-c',
      'cat /proc/1/comm /h/file /proc/sys/net/core/somaxconn; echo; hostname; grep 1.2.3.4 /etc/hosts; test -c /dev/nought && grep -E "Seccomp:|NoNewPrivs" /proc/self/status; df -k /dev/shm | tail -n 1',
    )
    expect(seen).toMatch(/^catatonit\nseen\s*99\n\ncrew-1\n1\.2\.3\.4\s+one\n(NoNewPrivs:\s+0\n)?Seccomp:\s+0\n\S+\s+10240\s/)
    const [pod] = await berth.json('pod', 'inspect', 'lim_1')
    expect(pod).toMatchObject({
      Id: id,
      SharedNamespaces: ['ipc', 'net', 'uts', 'pid'].toSorted(
        (a, b) => pod.SharedNamespaces.indexOf(a) - pod.SharedNamespaces.indexOf(b),
      ),
      Labels: { a: 'b' },
      Hostname: 'crew-1',
      RestartPolicy: 'on-failure',
      memory_limit: 67108864,
      cpu_quota: 50000,
      mounts: [expect.objectContaining({ Destination: '/h', RW: false })],
      security_opt: ['seccomp=unconfined', 'no-new-privileges'],
    })
    expect(limitOf(pod.CgroupPath, ['memory', 'memory.limit_in_bytes'], 'memory.max')).toBe('67108864')
    expect(limitOf(pod.CgroupPath, ['pids', 'pids.max'], 'pids.max')).toBe('50')
    const [member] = await berth.json('inspect', 'member')
    expect(member.HostConfig).toMatchObject({
      CgroupParent: pod.CgroupPath,
      RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
    })

    const rows = await berth.json('pod', 'stats', '--no-stream', '--format', 'json', 'lim_1')
    expect(rows.map(({ Name, Pod }: Record<string, string>) => [Name, Pod]).toSorted()).toEqual([
      ['lim_infra', id.slice(0, 12)],
      ['member', id.slice(0, 12)],
    ])
    expect(rows.find(({ Name }: { Name: string }) => Name === 'member').PIDS).toBe('1')

    const clone = await berth('pod', 'clone', '--memory', '96m', 'lim_1')
    const [cloned] = await berth.json('pod', 'inspect', '--latest')
    expect(cloned).toMatchObject({
      Id: clone,
      Name: 'lim_1-clone',
      Hostname: 'crew-1',
      memory_limit: 100663296,
      cpu_quota: 50000,
    })
    expect(cloned.Containers.map(({ Name }: { Name: string }) => Name)).toEqual(['lim_infra-clone', 'member-clone'])
  })
})

/** A file of a control group, of version 1 or 2. */
function limitOf(group: string, [controller, file]: [string, string], unified: string): string {
  const places = [`/sys/fs/cgroup/${controller}${group}/${file}`, `/sys/fs/cgroup${group}/${unified}`]
  for (const place of places) {
    try {
      return readFileSync(place, 'utf8').trim()
    } catch {
      // The other version's.
    }
  }
  throw new Error(`There is none of ${places.join(', ')}.`)
}

describe.each(anyone)('the life of pods', (name) => {
  const berth = berthAs(name)

  beforeAll(() => pullImages(berth, images.busybox))
  afterEach(() => clear(berth, false))
  afterAll(() => clear(berth))

  test('init containers run first, in order, and a failing container is named while the others stand', async () => {
    const states = async () =>
      Object.fromEntries(
        ((await berth.json('ps', '-a', '--format', 'json')) as { Names: string[]; State: string }[]).map((row) => [
          row.Names[0],
          row.State,
        ]),
      )
    await berth('pod', 'create', '--name', 'crew')
    const notes = mkdtempSync(join(berth.user.home, 'notes-'))
    chownSync(notes, berth.user.uid, berth.user.gid)
    const create = (...words: string[]) => berth('create', '--pod', 'crew', ...words)
    await create(
      '--init-ctr',
      'always',
      '--name',
      'first',
      '-v',
      `${notes}:/n`,
      images.busybox,
      'sh',
      '-c',
      'echo first >> /n/log',
    )
    await create(
      '--init-ctr',
      'once',
      '--name',
      'second',
      '-v',
      `${notes}:/n`,
      images.busybox,
      'sh',
      '-c',
      'echo second >> /n/log',
    )
    await create('--name', 'base', images.busybox, 'sleep', '1000')
    await create(
      '--name',
      'main',
      '--requires',
      'base',
      '-v',
      `${notes}:/n`,
      images.busybox,
      'sh',
      '-c',
      'cat /n/log; exec sleep 1000',
    )
    await create('--name', 'broken', images.busybox, '/nonexistent')
    const started = await berth.try(['pod', 'start', 'crew'])
    expect(started.code).toBe(125)
    expect(started.stderr).toMatch(/container broken: .*nonexistent/s)
    expect(await states()).toMatchObject({ first: 'exited', base: 'running', main: 'running', broken: 'created' })
    expect(await states()).not.toHaveProperty('second')
    await eventually('its notes', async () => (await berth('pod', 'logs', '-c', 'main', 'crew')) === 'first\nsecond')
    const { StartedAt } = (await berth.json('inspect', 'base'))[0].State
    expect(Date.parse(StartedAt)).toBeLessThanOrEqual(Date.parse((await berth.json('inspect', 'main'))[0].State.StartedAt))
    expect((await berth.try(['create', '--pod', 'crew', '--init-ctr', 'once', images.busybox, 'true'])).stderr).toContain(
      'cannot add init-ctr to a running pod',
    )
    await berth('rm', 'broken')
    expect((await berth.json('pod', 'ps', '--format', 'json'))[0].Status).toBe('Running')
    expect(await berth('pod', 'logs', '--names', '--tail', '1', 'crew')).toBe('main second')
    await berth('pod', 'rm', '-f', '-t', '0', 'crew')
  })

  test('an infra container of an image, a control group that is shared, and verbs that have nothing to do', async () => {
    await berth(
      'pod',
      'create',
      '--name',
      'own',
      '--infra-image',
      images.busybox,
      '--infra-command',
      'sleep 1000',
      '--infra-name',
      'holder',
    )
    expect(await berth('pod', 'start', 'own')).toBe('own')
    expect((await berth.json('inspect', 'holder'))[0]).toMatchObject({ ImageName: images.busybox, State: { Status: 'running' } })
    expect(await berth('pod', 'ps', '--quiet', '--filter', 'status=running')).toMatch(/^[0-9a-f]{64}$/)
    await berth('pod', 'create', '--name', 'sharing', '--share', 'cgroup', '--share-parent=false')
    expect(await berth('run', '--rm', '--pod', 'sharing', images.busybox, 'echo', 'ran')).toBe('ran')
    expect((await berth.json('pod', 'inspect', 'sharing'))[0]).toMatchObject({
      CreateCgroup: false,
      SharedNamespaces: ['cgroup'],
    })
    await berth('pod', 'rm', '-f', '-t', '0', 'sharing')
    // Nothing is said of what a pod does not have.
    const bare = await berth('pod', 'create', '--infra=false')
    expect(await berth('pod', 'inspect', '--format', '{{.SharedNamespaces}}|{{.NumContainers}}', bare)).toBe('[]|0')
    const id = await berth('pod', 'create')
    for (const verb of ['kill', 'pause']) expect(await berth('pod', verb, id)).toBe(id)
    expect(await berth('pod', 'unpause', id)).toBe('')
    for (const [words, message] of [
      [
        ['create', '--share', 'cgroup'],
        "cannot define the pod as the cgroup parent at the same time as joining the infra container's cgroupNS",
      ],
      [['create', '--infra=false', '--infra-name', 'x'], 'NoInfra and InfraName are mutually exclusive pod options'],
      [
        ['create', '--network', 'host', '-p', '80:80'],
        'PortMappings can only be used with Bridge, slirp4netns, or pasta networking',
      ],
      [['create', '--share', 'none', '-p', '80:80'], 'you must have an infra container to publish port bindings to the host'],
      [['create', '--security-opt', 'foo=bar'], 'invalid --security-opt 2: "foo=bar"'],
      [['create', '--replace'], 'cannot replace pod without --name being set'],
      [['create', '--no-hosts', '--add-host', 'a:1.1.1.1'], '--no-hosts and --add-host cannot be set together'],
      [['logs', '-c', 'nope', 'own'], 'container nope is not in pod own: no such container'],
      [['stats', '--all', 'own'], '--all, --latest and arguments cannot be used together'],
      [['clone', 'own', 'own'], 'own'],
    ] as [string[], string][]) {
      const { code, stderr } = await berth.try(['pod', ...words])
      expect([code, stderr]).toEqual([125, expect.stringContaining(message)])
    }
  })

  test.skipIf(berth.root)('with keep-id members run as the user, under their name; addresses need a network', async () => {
    await berth('pod', 'create', '--name', 'kept', '--userns', 'keep-id')
    expect(await berth('run', '--rm', '--pod', 'kept', images.busybox, 'sh', '-c', 'id -u; whoami')).toBe(
      `${berth.user.uid}\n${berth.user.name}`,
    )
    expect((await berth.json('pod', 'inspect', 'kept'))[0]).toMatchObject({
      SharedNamespaces: ['ipc', 'net', 'uts', 'user'],
      InfraConfig: { userns: 'private' },
    })
    const refused = await berth.try(['pod', 'create', '--ip', '10.9.8.7'])
    expect(refused).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('static ip/mac address can only be used with Bridge mode networking'),
    })
  })
})
