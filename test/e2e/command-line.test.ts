import type { ChildProcess } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, inTerminal, pullImages, withEnvironment } from '../support/berth.ts'
import { end, eventually, run } from '../support/processes.ts'
import { become } from '../support/users.ts'

// What the command line does with an engine elsewhere, and what it prints by templates of real objects. The words of templates and flags
// are held against podman's in unit tests (engine/cli/output/template, engine/cli/parse).

const { images, dist } = inject('stage')

describe.each(anyone)('the command line as %s', (name) => {
  const berth = berthAs(name)
  const folder = join(berth.user.home, 'command-line')
  const socket = join(folder, 'engine.sock')
  const remote = withEnvironment(berth, {
    XDG_CONFIG_HOME: join(folder, 'config'),
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
  })
  let service: ChildProcess

  beforeAll(async () => {
    mkdirSync(join(folder, 'bin'), { recursive: true })
    // Stands for ssh: it makes the socket that it is told to forward, and says so.
    writeFileSync(
      join(folder, 'bin/ssh'),
      '#!/bin/sh\nwhile [ $# -gt 1 ]; do case $1 in -L) ln -s "${2#*:}" "${2%%:*}" && echo forwarded ;; esac; shift; done\n' +
        'case $1 in cat) exec cat ;; *) exec sh -c "$1" ;; esac\n',
      { mode: 0o755 },
    )
    for (const each of [folder, join(folder, 'bin')]) chownSync(each, berth.user.uid, berth.user.gid)
    await pullImages(berth, images.busybox)
    await berth('run', '-d', '--name', 'web', '--label', 'tier=front', '--network', 'none', images.busybox, 'sleep', '1000')
    service = berth.start('system', 'service', '--time', '0', `unix://${socket}`)
    service.stderr!.on('data', () => {})
    await eventually('the socket', () => existsSync(socket), 20_000)
  })
  afterAll(async () => {
    await end(service)
    await clear(berth)
  })

  test('connections: made, listed, renamed, chosen, used by name, by default and by environment, and removed', async () => {
    await remote('system', 'connection', 'add', 'here', `unix://${socket}`)
    await remote('system', 'connection', 'add', 'dead', 'tcp://127.0.0.1:9')
    await remote('system', 'connection', 'rename', 'dead', 'gone')
    expect(await remote('system', 'connection', 'ls', '--format', '{{.Name}} {{.Default}} {{.URI}}')).toBe(
      `gone false tcp://127.0.0.1:9\nhere true unix://${socket}`,
    )
    const file = join(folder, 'config/containers/podman-connections.json')
    expect(JSON.parse(readFileSync(file, 'utf8')).Connection.Default).toBe('here')
    for (const flags of [['-c', 'here'], ['-r'], ['--url', `unix://${socket}`]])
      expect(await remote(...flags, 'ps', '--format', '{{.Names}}')).toBe('web')
    const chosen = withEnvironment(remote, { CONTAINER_CONNECTION: 'here' })
    expect(await chosen('exec', 'web', 'echo', 'there')).toBe('there')
    expect(await chosen.try(['exec', 'web', 'sh', '-c', 'exit 7'])).toMatchObject({ code: 7 })
    // What is stored on this host is never meant by who has chosen another one.
    for (const command of ['mount', 'volume mount data', 'system reset --force', 'unshare true'])
      expect(await chosen.try(command.split(' ')), command).toMatchObject({
        code: 125,
        stderr: expect.stringContaining('works on this host alone: unset CONTAINER_CONNECTION'),
      })
    expect(await remote.try(['-c', 'gone', 'ps'])).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('No engine answers at 127.0.0.1:9'),
    })
    expect(await remote.try(['-c', 'none', 'ps'])).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('connection "none" not found'),
    })
    await remote('system', 'connection', 'rm', '--all')
    expect(await remote('system', 'connection', 'ls', '-q')).toBe('')
  })

  test('--tmpdir keeps the events elsewhere, those of the monitor too', async () => {
    // A store that no service looks at: who sees an end first writes it where their own events are.
    const store = ['--root', join(folder, 'store'), '--runroot', join(folder, 'run')]
    const at = [...store, '--tmpdir', join(folder, 'tmp')]
    await berth(...at, 'run', '-d', '--name', 'noted', '--network', 'none', images.busybox, 'true')
    await berth(...at, 'wait', 'noted')
    const statuses = async (...flags: string[]) =>
      (await berth(...flags, 'events', '--stream=false', '--filter', 'container=noted', '--format', '{{.Status}}')).split('\n')
    await eventually('the cleanup', async () => (await statuses(...at)).includes('cleanup'))
    expect(await statuses(...at)).toEqual(expect.arrayContaining(['create', 'start', 'died', 'cleanup']))
    expect(await statuses(...store)).toEqual([''])
    await berth(...at, 'rm', 'noted')
    await berth(...store, 'system', 'reset', '--force')
  })

  test('ssh forwards a socket, which is gone afterwards, and finds it on the other host', async () => {
    expect(await remote('--url', `ssh://someone@elsewhere${socket}`, 'ps', '-q', '--no-trunc')).toBe(
      await berth('ps', '-q', '--no-trunc'),
    )
    const failing = await remote.try(['--url', 'ssh://elsewhere/nothing.sock', 'ps'])
    expect(failing).toMatchObject({ code: 125, stdout: '' })
    expect(await remote.try(['system', 'connection', 'add', 'x', '-oProxyCommand=x'])).toMatchObject({ code: 125 })
    expect((await run('sh', ['-c', `ls -d ${berth.user.runtime}/berth-ssh-* /tmp/berth-ssh-* 2>/dev/null`])).stdout).toBe('')
  })

  test('templates of real objects', async () => {
    const of = (template: string, ...args: string[]) => berth(...args, '--format', template)
    expect(
      await of(
        '{{.State.Status}} {{.Config.Labels.tier}} {{.HostConfig.RestartPolicy.Name}} {{.State.Health}}',
        'inspect',
        'web',
      ),
    ).toBe('running front no <nil>')
    expect(await of('{{.Label "tier"}} {{.ListContainer.State}} {{len .Mounts}}', 'ps')).toBe('front running 0')
    expect(await of('{{.Host.OCIRuntime.Name}}', 'info')).toMatch(/^(crun|runc)$/)
    expect(await of('{{range .Subnets}}{{.Subnet}} {{.Gateway}}{{end}}', 'network', 'inspect', 'podman')).toMatch(
      /^[\d.]+\/\d+ [\d.]+$/,
    )
    const refused = await berth.try(['inspect', '--format', '{{.Name}} {{.Nope}}', 'web'])
    expect(refused).toMatchObject({ code: 125, stdout: 'web ' })
    expect(refused.stderr).toBe(
      `Error: template: inspect:1:23: executing "inspect" at <.Nope>: can't evaluate field Nope in type interface {}\n`,
    )
  })

  test('output goes where --out says, and nowhere with --noout', async () => {
    const file = join(folder, 'out')
    expect(await berth('--out', file, 'ps', '--format', '{{.Names}}')).toBe('')
    expect(readFileSync(file, 'utf8')).toBe('web\n')
    expect(await berth('--noout', 'ps')).toBe('')
  })

  test('called docker, it says who answers', async () => {
    const [program, ...rest] = [
      ...become(berth.user),
      join(dist, 'bin/docker'),
      ...(berth.root ? ['--root', berth.store, '--runroot', berth.run] : []),
    ]
    const { stdout, stderr } = await run(program!, [...rest, 'ps', '--format', '{{.Names}}'], { env: berth.command().env })
    expect({ stdout, stderr }).toEqual({
      stdout: 'web\n',
      stderr: 'Emulate Docker CLI using berth. Create /etc/containers/nodocker to quiet msg.\n',
    })
  })

  test('completion in bash: names with a colon, and what --format takes', async () => {
    const script = join(folder, 'completion.bash')
    writeFileSync(script, await berth('completion', 'bash'))
    const complete = async (line: string) => {
      const words = `source ${script}; COMP_LINE='${line}'; COMP_POINT=\${#COMP_LINE}; read -ra COMP_WORDS <<<"$COMP_LINE"; COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); compopt() { :; }; _berth; printf '%s\\n' "\${COMPREPLY[@]}"`
      const { env } = berth.command()
      const path = `${join(dist, 'bin')}:${env.PATH ?? process.env.PATH}`
      const [program, ...rest] = [...become(berth.user), 'bash', '-c', words]
      return (await run(program!, rest, { env: { ...env, PATH: path } })).stdout.trim().split('\n')
    }
    expect(await complete('berth system conn')).toEqual(['connection'])
    expect(await complete('berth ps --sort na')).toEqual(['names'])
    if (!berth.root) expect(await complete('berth stop we')).toEqual(['web'])
  })

  test.skipIf(!existsSync('/usr/bin/fish'))('completion in fish (needs fish): with and without descriptions', async () => {
    const complete = async (line: string, ...flags: string[]) => {
      const script = join(folder, 'completion.fish')
      await berth('completion', 'fish', '-f', script, ...flags)
      const { env } = berth.command()
      const path = `${join(dist, 'bin')}:${env.PATH ?? process.env.PATH}`
      const [program, ...rest] = [...become(berth.user), 'fish', '-c', `source ${script}; complete -C '${line}'`]
      return (await run(program!, rest, { env: { ...env, PATH: path } })).stdout.trim().split('\n')
    }
    expect(await complete('berth system conn')).toEqual(['connection\tManage remote API service destinations'])
    expect(await complete('berth system conn', '--no-desc')).toEqual(['connection'])
  })

  test('a compose provider gets an engine of its own, and one sentence', async () => {
    const provider = join(folder, 'bin/provider')
    writeFileSync(provider, '#!/bin/sh\necho "$*"; curl -sS --unix-socket "${DOCKER_HOST#unix://}" http://d/_ping\n', {
      mode: 0o755,
    })
    const result = await withEnvironment(remote, { PODMAN_COMPOSE_PROVIDER: provider }).try([
      'compose',
      '-f',
      'x.yaml',
      'up',
      '--help',
    ])
    expect(result).toMatchObject({ code: 0, stdout: '-f x.yaml up --help\nOK' })
    expect(result.stderr).toContain('Executing external compose provider')
  })

  test('unshare joins the network that bridges of an ordinary user share', async () => {
    if (berth.root) return expect(await berth.try(['unshare', 'true'])).toMatchObject({ code: 125 })
    await berth('run', '-d', '--name', 'bridged', '--network', 'podman', images.busybox, 'sleep', '1000')
    expect(await berth('unshare', '--rootless-netns', 'cat', '/proc/net/dev')).toContain('veth0')
    expect(await berth('unshare', 'cat', '/proc/net/dev')).not.toContain('veth0')
    await berth('rm', '-f', '-t', '0', 'bridged')
  })

  test('what makes no sense here, or comes later, is said in one sentence', async () => {
    for (const line of [
      'machine init',
      'farm list',
      'build -t x .',
      'kube play x.yaml',
      'generate systemd web',
      'auto-update --dry-run',
      'buildx version',
      // Not that it works here alone.
      '--url unix:///nowhere/s kube play x.yaml',
    ])
      expect(await berth.try(line.split(' '))).toMatchObject({
        code: 125,
        stdout: '',
        stderr: expect.stringMatching(/^Error: Berth .*[^\n]\n$/),
      })
    expect(await berth.try(['machine', 'list', '--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Berth has no/),
    })
  })

  test('progress on a terminal has neither colour nor lines of a log', async () => {
    await berth('tag', images.busybox, 'localhost/progress:1')
    const shown = await inTerminal(
      withEnvironment(berth, { NO_COLOR: '1' }),
      ['save', '-o', join(folder, 'saved.tar'), 'localhost/progress:1'],
      '',
    )
    expect(shown).toContain('Copying blob')
    // oxlint-disable-next-line no-control-regex -- colours begin with it
    expect(shown).not.toMatch(/\u001b\[[\d;]*m/)
  })

  test('reset asks first, and then leaves nothing', async () => {
    const own = ['--root', join(folder, 'store'), '--runroot', join(folder, 'run')]
    await berth(...own, 'pull', '-q', images.busybox)
    await berth(...own, 'volume', 'create', 'data')
    const asked = await berth.try([...own, 'system', 'reset'], { input: 'n\n' })
    expect(asked.stdout).toContain('all volumes')
    expect(await berth(...own, 'volume', 'ls', '-q')).toBe('data')
    await berth(...own, 'system', 'reset', '--force')
    expect(await berth(...own, 'images', '-q')).toBe('')
    expect(await berth(...own, 'volume', 'ls', '-q')).toBe('')
  })
})
