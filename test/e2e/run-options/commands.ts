import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, inject } from 'vitest'
import { type Berth, inTerminal } from '../../support/berth.ts'
import { eventually, must } from '../../support/processes.ts'

/** Where an option shows what it does to the command, and not inside. */
export type Effect = (berth: Berth, dir: string) => Promise<void>

const stage = inject('stage')
const box = stage.images.busybox
const bare = ['--rm', '--network', 'none']
const sh = (script: string) => [box, 'sh', '-c', script]

async function succeeds(berth: Berth, ...args: string[]): Promise<string> {
  return await berth('run', ...bare, ...args)
}

/** A registry that always fails, and counts how often it is asked for a manifest. */
async function failingRegistry(work: (host: string) => Promise<void>): Promise<number> {
  let asked = 0
  const server = createServer((request, answer) => {
    if (request.url?.includes('/manifests/')) asked += 1
    answer.writeHead(request.url === '/v2/' ? 200 : 503).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await work(`127.0.0.1:${(server.address() as AddressInfo).port}`)
    return asked
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const pulledFrom =
  (flags: (dir: string) => string[], answer: RegExp | 0): Effect =>
  async (berth, dir) => {
    await berth.try(['rmi', '-f', stage.secure.image])
    const { code, stderr } = await berth.try(['run', ...bare, ...flags(dir), stage.secure.image, 'true'])
    if (answer === 0) expect({ code, stderr }).toEqual({ code: 0, stderr: expect.anything() })
    else expect({ code, stderr }).toEqual({ code: 125, stderr: expect.stringMatching(answer) })
  }

const { name, password } = stage.secure
const creds = ['--creds', `${name}:${password}`]

const attempts =
  (retry: string[], count: number): Effect =>
  async (berth) => {
    const asked = await failingRegistry(async (host) => {
      const { code } = await berth.try(['run', ...bare, '--tls-verify=false', ...retry, `${host}/none`, 'true'])
      expect(code).toBe(125)
    })
    expect(asked).toBe(count)
  }

const bridged = (...flags: string[]) => ['run', '-d', '--name', 'bridged', ...flags, box, 'sleep', '100']
const onBridge =
  (flags: string[], template: string, says: RegExp): Effect =>
  async (berth) => {
    await berth(...bridged('--network', 'bridge', ...flags))
    expect(await berth('inspect', '--format', template, 'bridged')).toMatch(says)
  }

/** Descriptors of the caller's, 3 and 5. What it did not open is refused by name. */
const preserves =
  (flags: string[], script: string, says: string): Effect =>
  async (berth, dir) => {
    for (const each of ['three', 'five']) writeFileSync(join(dir, each), `${each}\n`, { mode: 0o644 })
    const { argv, env } = berth.command('run', ...bare, ...flags, ...sh(script))
    const opened = ['-c', `exec "$@" 3<${dir}/three 5<${dir}/five`, 'sh']
    expect(await must('sh', [...opened, ...argv], { env, cwd: berth.user.home })).toBe(`${says}\n`)
    const { code, stderr } = await berth.try(['run', ...bare, ...flags, box, 'true'])
    expect({ code, stderr }).toEqual({ code: 125, stderr: expect.stringMatching(/file descriptor [35] is not available/) })
  }

export const commandEffects: Record<string, Effect> = {
  'device-cgroup-rule': async (berth) => {
    const { code, stdout, stderr } = await berth.try([
      'create',
      '--network',
      'none',
      '--device-cgroup-rule',
      'c 1:* r',
      box,
      'true',
    ])
    if (!berth.root) return expect([code, stderr]).toEqual([125, expect.stringContaining('not supported in rootless mode')])
    await berth('init', stdout.trim())
    const { linux } = JSON.parse(readFileSync(join(berth.store, 'containers', stdout.trim(), 'bundle/config.json'), 'utf8'))
    // As podman 5.4.2 writes it.
    expect(linux.resources.devices).toEqual([
      { allow: false, access: 'rwm' },
      { allow: true, type: 'c', major: 1, access: 'r' },
    ])
  },
  attach: async (berth) => {
    const { stdout, stderr } = await berth.try(['run', ...bare, '-a', 'stderr', ...sh('echo out; echo err >&2')])
    expect([stdout, stderr]).toEqual(['', 'err\n'])
  },
  authfile: async (berth, dir) => {
    const auth = Buffer.from(`${name}:${password}`).toString('base64')
    writeFileSync(join(dir, 'auth.json'), JSON.stringify({ auths: { [stage.secure.host]: { auth } } }), { mode: 0o644 })
    await pulledFrom(() => ['--authfile', join(dir, 'auth.json'), '--tls-verify=false'], 0)(berth, dir)
  },
  'cert-dir': async (berth, dir) => {
    writeFileSync(join(dir, 'certs/ca.crt'), readFileSync(stage.secure.certificate), { mode: 0o644 })
    await pulledFrom(() => ['--cert-dir', join(dir, 'certs'), ...creds], 0)(berth, dir)
  },
  cidfile: async (berth, dir) => {
    // That of an earlier container is written again, and the file goes with its container, unless another has it by then.
    const file = join(dir, 'cid')
    const [first, second] = [await created('1'), await created('2')]
    await berth('rm', first)
    expect(readFileSync(file, 'utf8')).toBe(second)
    await berth('rm', second)
    expect(existsSync(file)).toBe(false)
    const nowhere = await berth.try(['create', '--cidfile', '/nowhere/cid', box, 'true'])
    expect(nowhere).toMatchObject({ code: 125, stderr: 'Error: creating idfile: open /nowhere/cid: no such file or directory\n' })

    async function created(word: string): Promise<string> {
      const id = await berth('create', '--network', 'none', '--cidfile', file, box, 'echo', word)
      expect(readFileSync(file, 'utf8')).toBe(id)
      return id
    }
  },
  'conmon-pidfile': async (berth, dir) => {
    await berth('run', '-d', '--name', 'noted', '--network', 'none', '--conmon-pidfile', join(dir, 'conmon'), box, 'sleep', '100')
    const pid = await berth('inspect', '--format', '{{.State.ConmonPid}}', 'noted')
    expect(readFileSync(join(dir, 'conmon'), 'utf8')).toBe(pid)
  },
  creds: pulledFrom(() => [...creds, '--tls-verify=false'], 0),
  detach: async (berth) => {
    const id = await berth('run', '-d', '--network', 'none', box, 'sleep', '100')
    expect(await berth('inspect', '--format', '{{.State.Status}}', id)).toBe('running')
  },
  'detach-keys': async (berth) => {
    const args = ['run', '-it', '--name', 'left', '--network', 'none', '--detach-keys', 'x,y', box, 'sh']
    await inTerminal(berth, args, 'xy')
    expect(await berth('inspect', '--format', '{{.State.Status}}', 'left')).toBe('running')
  },
  interactive: async (berth) => {
    const { stdout } = await berth.try(['run', ...bare, '-i', box, 'cat'], { input: 'told\n' })
    expect(stdout).toBe('told\n')
  },
  ip: async (berth, dir) => {
    const address = '{{.NetworkSettings.IPAddress}}'
    await onBridge([], address, /^10\./)(berth, dir)
    const [network] = /^\d+\.\d+\.\d+\./.exec(await berth('inspect', '--format', address, 'bridged'))!
    await berth('rm', '-f', '-t', '0', 'bridged')
    await onBridge(['--ip', `${network}77`], address, /\.77$/)(berth, dir)
    const { code, stderr } = await berth.try(['run', '--rm', '--network', 'bridge', '--ip', '192.0.2.1', box, 'true'])
    expect({ code, stderr }).toEqual({
      code: 126,
      stderr: expect.stringMatching(/requested static ip 192\.0\.2\.1 not in any subnet/),
    })
    if (berth.root) return
    const withoutNetwork = await berth.try(['create', '--ip', '10.0.0.1', box, 'true'])
    expect(withoutNetwork.stderr).toContain('networks and static ip/mac address can only be used with Bridge mode networking')
  },
  ip6: async (berth) => {
    await berth('network', 'create', '--subnet', 'fd00:77::/64', 'six')
    try {
      const text = await berth('run', '--rm', '--network', 'six', '--ip6', 'fd00:77::5', ...sh('ip -6 addr show eth0'))
      expect(text).toContain('fd00:77::5/64')
    } finally {
      await berth('network', 'rm', '-f', 'six')
    }
  },
  'log-driver': async (berth) => {
    await berth('run', '--name', 'silent', '--network', 'none', '--log-driver', 'none', box, 'echo', 'gone')
    expect((await berth.try(['logs', 'silent'])).stdout).toBe('')
    const passed = await berth.try(
      ['run', '--network', 'none', '--log-driver', 'passthrough', '-i', ...sh('cat; echo err >&2; exit 7')],
      {
        input: 'given\n',
      },
    )
    expect(passed).toEqual({ code: 7, stdout: 'given\n', stderr: 'err\n' })
    const atTerminal = ['run', ...bare, '--log-driver', 'passthrough', box, 'true']
    expect(await inTerminal(berth, [...atTerminal, '; true'], '').catch(String)).toMatch(/cannot be used on a TTY/)
    const tty = await inTerminal(
      berth,
      ['run', ...bare, '--log-driver', 'passthrough-tty', ...sh('test -t 1 && echo a terminal')],
      '',
    )
    expect(tty).toMatch(/^a terminal/)
  },
  'log-opt': async (berth, dir) => {
    await berth('run', '--name', 'logged', '--network', 'none', '--log-opt', `path=${join(dir, 'log')}`, box, 'echo', 'kept')
    expect(readFileSync(join(dir, 'log'), 'utf8')).toMatch(/ stdout F kept\n$/)
  },
  'mac-address': onBridge(['--mac-address', '92:d0:c6:0a:29:33'], '{{json .NetworkSettings}}', /92:d0:c6:0a:29:33/),
  mount: async (berth, dir) => {
    for (const each of ['one', 'two']) writeFileSync(join(dir, each), `${each}\n`, { mode: 0o644 })
    await berth('artifact', 'add', 'localhost/files:1', join(dir, 'one'), join(dir, 'two'))
    const mount = (more: string) => ['--mount', `type=artifact,src=localhost/files:1,dst=/a${more}`]
    expect(await succeeds(berth, ...mount(''), '-u', '5', ...sh('cat /a/one /a/two'))).toBe('one\ntwo')
    expect(await succeeds(berth, ...mount(',title=two'), ...sh('cat /a'))).toBe('two')
    expect(
      await succeeds(berth, ...mount(',title=two,name=b'), '--userns', 'auto:size=300', ...sh('cat /a/b; stat -c %u /a/b')),
    ).toBe('two\n0')
    await berth('artifact', 'rm', 'localhost/files:1')
    const { code, stderr } = await berth.try(['run', ...bare, ...mount(''), box, 'true'])
    expect({ code, stderr }).toEqual({ code: 125, stderr: expect.stringMatching(/no artifact found/) })
    // An image that a container mounts is in use.
    await berth('create', '--name', 'shows', '--mount', `type=image,src=${stage.images.server},dst=/i`, box, 'true')
    expect(await berth.try(['rmi', stage.images.server])).toMatchObject({ code: 2, stderr: expect.stringMatching(/in use/) })
  },
  'preserve-fd': preserves(['--preserve-fd', '5,3'], 'cat <&5; cat <&3; test ! -s /dev/fd/4', 'five\nthree'),
  'preserve-fds': preserves(['--preserve-fds', '1'], 'cat <&3; test ! -e /dev/fd/5', 'three'),
  name: async (berth) => {
    await succeeds(berth, '--name', 'mine', box, 'true')
    await berth('create', '--name', 'mine', box, 'true')
    expect(await berth.try(['create', '--name', 'mine', box, 'true'])).toMatchObject({ code: 125 })
  },
  network: async (berth) => {
    expect(await berth('run', '--rm', '--network', 'none', ...sh('ls /sys/class/net'))).toBe('lo')
    await berth('network', 'create', '--subnet', '10.213.0.0/24', 'rows')
    try {
      const joined = 'rows:ip=10.213.0.44,mac=92:d0:c6:0a:29:34,interface_name=net7,host_interface_name=outside7,alias=x'
      const text = await berth('run', '--rm', '--network', joined, ...sh('cat /sys/class/net/net7/address; ip -4 addr show net7'))
      expect(text).toMatch(/^92:d0:c6:0a:29:34[^]*10\.213\.0\.44\/24/)
    } finally {
      await berth('network', 'rm', '-f', 'rows')
    }
  },
  'network-alias': onBridge(['--network-alias', 'other'], '{{json .NetworkSettings.Networks}}', /"other"/),
  pidfile: async (berth, dir) => {
    await berth('run', '-d', '--name', 'noted', '--network', 'none', '--pidfile', join(dir, 'pid'), box, 'sleep', '100')
    expect(readFileSync(join(dir, 'pid'), 'utf8')).toBe(await berth('inspect', '--format', '{{.State.Pid}}', 'noted'))
  },
  pod: async (berth) => {
    const pod = await berth('pod', 'create', '--name', 'together', '--network', 'none')
    await berth('create', '--pod', 'together', '--name', 'member', box, 'true')
    expect(await berth('inspect', '--format', '{{.Pod}}', 'member')).toBe(pod)
    await berth('pod', 'rm', '-f', '-t', '0', pod)
  },
  'pod-id-file': async (berth, dir) => {
    const pod = await berth('pod', 'create', '--network', 'none')
    writeFileSync(join(dir, 'pod'), pod, { mode: 0o644 })
    await berth('create', '--pod-id-file', join(dir, 'pod'), '--name', 'member', box, 'true')
    expect(await berth('inspect', '--format', '{{.Pod}}', 'member')).toBe(pod)
    await berth('pod', 'rm', '-f', '-t', '0', pod)
  },
  publish: async (berth) => {
    await berth('run', '-d', '--name', 'open', '-p', '127.0.0.1::8080', stage.images.server)
    const [, address] = /-> (127\.0\.0\.1:\d+)/.exec(await berth('port', 'open'))!
    const text = await eventually('an answer', () =>
      fetch(`http://${address}/`).then(
        (answer) => answer.text(),
        () => undefined,
      ),
    )
    expect(text).toBe('served by berth\n')
  },
  'publish-all': async (berth) => {
    await berth('run', '-d', '--name', 'open', '-P', stage.images.server)
    expect(await berth('port', 'open')).toMatch(/^8080\/tcp -> 0\.0\.0\.0:\d+$/)
  },
  pull: async (berth) => {
    const absent = `${stage.registry}/absent`
    expect(await berth.try(['run', ...bare, '--pull', 'never', absent, 'true'])).toMatchObject({ code: 125 })
    const twice = [await berth.try(['run', ...bare, '--pull', 'always', box, 'true'])]
    expect(twice.map(({ stderr }) => /Trying to pull|Copying/.test(stderr))).toEqual([true])
    expect((await berth.try(['run', ...bare, box, 'true'])).stderr).toBe('')
  },
  quiet: async (berth) => {
    expect(await berth.try(['run', ...bare, '-q', '--pull', 'always', box, 'true'])).toMatchObject({ code: 0, stderr: '' })
  },
  replace: async (berth) => {
    const first = await berth('create', '--name', 'mine', box, 'true')
    const second = await berth('create', '--replace', '--name', 'mine', box, 'true')
    expect(await berth('ps', '-aq', '--no-trunc')).toBe(second)
    expect(second).not.toBe(first)
  },
  requires: async (berth) => {
    await berth('create', '--name', 'first', '--network', 'none', box, 'sleep', '100')
    await succeeds(berth, '--requires', 'first', box, 'true')
    expect(await berth('inspect', '--format', '{{.State.Status}}', 'first')).toBe('running')
  },
  restart: async (berth) => {
    await berth('run', '-d', '--name', 'again', '--network', 'none', '--restart', 'on-failure:1', box, 'false')
    await berth('wait', 'again')
    await eventually('the restart', async () => (await berth('inspect', '--format', '{{.RestartCount}}', 'again')) === '1')
  },
  retry: attempts(['--retry', '1', '--retry-delay', '1ms'], 2),
  'retry-delay': attempts(['--retry', '2', '--retry-delay', '1ms'], 3),
  rmi: async (berth) => {
    await berth('tag', box, 'localhost/once')
    await succeeds(berth, '--rmi', 'localhost/once', 'true')
    expect(await berth('images', '-q', 'localhost/once')).toBe('')
    expect(await berth('ps', '-aq')).toBe('')
  },
  rootfs: async (berth, dir) => {
    const args = ['--rootfs', `${dir}/rootfs:O`, '/bin/sh', '-c', 'ls /; : >/changed; ls /changed']
    for (let round = 0; round < 2; round += 1)
      expect(await succeeds(berth, ...args)).toMatch(/^(?![^]*changed\n[^]*changed$)[^]*\/changed$/)
    expect(existsSync(join(dir, 'rootfs/changed'))).toBe(false)
  },
  'volumes-from': async (berth, dir) => {
    await berth('create', '--name', 'first', '-v', 'shared:/s', '-v', `${dir}/host:/h`, '--tmpfs', '/t', box, 'true')
    await succeeds(berth, '--volumes-from', 'first', ...sh('echo kept >/s/x; cat /h/file'))
    const { code, stderr } = await berth.try(['run', ...bare, '--volumes-from', 'first:ro', ...sh('cat /s/x; : >/s/y')])
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/Read-only/) })
    const id = await berth('create', '--volumes-from', 'first', '-v', 'other:/s', box, 'true')
    expect(
      await berth('inspect', '--format', '{{json .HostConfig.VolumesFrom}} {{range .Mounts}}{{.Destination}} {{end}}', id),
    ).toMatch(/^\["first"\] (\/s \/h|\/h \/s) $/)
  },
  workdir: async (berth) => {
    const { code, stderr } = await berth.try(['run', ...bare, '-w', '/missing', box, 'true'])
    expect({ code, stderr }).toEqual({
      code: 126,
      stderr: expect.stringMatching(/workdir "\/missing" does not exist on container/),
    })
    expect(await berth('ps', '-aq')).toBe('')
  },
  rm: async (berth) => {
    await berth('run', '--rm', '--network', 'none', '-v', '/anonymous', box, 'true')
    expect(await berth('ps', '-aq')).toBe('')
  },
  'sig-proxy': async (berth, dir) => {
    const script = 'trap "echo told >/m/told; exit 0" USR1; echo up >/m/up; while :; do usleep 20000; done'
    const child = berth.start('run', ...bare, '-v', `${dir}/host:/m`, ...sh(script))
    child.stdin!.end()
    await eventually('the trap', () => existsSync(join(dir, 'host/up')))
    child.kill('SIGUSR1')
    await eventually('the signal', () => existsSync(join(dir, 'host/told')))
  },
  'stop-signal': async (berth) => {
    const script = 'trap "exit 7" INT; while :; do usleep 20000; done'
    await berth('run', '-d', '--name', 'told', '--network', 'none', '--stop-signal', 'INT', ...sh(script))
    await berth('stop', 'told')
    expect(await berth('inspect', '--format', '{{.State.ExitCode}}', 'told')).toBe('7')
  },
  'stop-timeout': async (berth) => {
    await berth('run', '-d', '--name', 'deaf', '--network', 'none', '--stop-timeout', '0', box, 'sleep', '100')
    await berth('stop', 'deaf')
    expect(await berth('inspect', '--format', '{{.State.ExitCode}}', 'deaf')).toBe('137')
  },
  timeout: async (berth) => {
    expect((await berth.try(['run', ...bare, '--timeout', '1', box, 'sleep', '100'])).code).not.toBe(0)
  },
  'tls-verify': pulledFrom(() => [...creds], /certificate|self-signed/),
  tty: async (berth) => {
    expect(await inTerminal(berth, ['run', ...bare, '-t', ...sh('tty; stat -c %g $(tty)')], '')).toMatch(
      /\/dev\/pts\/0\r*\n5\r*\n/,
    )
  },
}
