import type { ChildProcess } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { berthAs, clear, everyone, pullImages } from '../support/berth.ts'
import { end, eventually, run } from '../support/processes.ts'
import { become, environment } from '../support/users.ts'

const { images, registry, secure } = inject('stage')

// Real podman as a client of our API: what it can do here, its own service could.

describe.each(everyone)('podman --remote as %s', (name) => {
  const berth = berthAs(name)
  const socket = join(berth.root ? inject('stage').folder : berth.user.runtime, 'podman-remote.sock')
  const argv = [...become(berth.user), 'podman', '--remote', '--url', `unix://${socket}`]
  const env = environment(berth.user)
  let service: ChildProcess

  const attempt = (args: string[], input = '') => run(argv[0]!, [...argv.slice(1), ...args], { env, input })
  const podman = async (...args: string[]) => {
    const result = await attempt(args)
    expect(result.code, `podman ${args.join(' ')}: ${result.stderr}`).toBe(0)
    return result.stdout.replace(/\n$/, '')
  }

  beforeAll(async () => {
    await pullImages(berth, images.busybox)
    service = berth.start('system', 'service', '--time', '0', `unix://${socket}`)
    service.stderr!.resume()
    await eventually('the socket', () => existsSync(socket), 20_000)
  })
  afterEach(() => clear(berth, false))
  afterAll(async () => {
    await clear(berth)
    await end(service)
  })

  test('info and version', async () => {
    expect(await podman('version', '--format', '{{.Server.APIVersion}}')).toMatch(/^5\./)
    expect(await podman('info', '--format', '{{.Host.CgroupsVersion}}')).toMatch(/^v[12]$/)
    expect(await podman('info', '--format', '{{.Host.RemoteSocket}}')).toBe(`{unix://${socket} true}`)
  })

  test('run with output, input and exit code', async () => {
    expect(await podman('run', '--rm', images.busybox, 'echo', 'by podman')).toBe('by podman')
    expect((await attempt(['run', '--rm', images.busybox, 'sh', '-c', 'exit 7'])).code).toBe(7)
    expect((await attempt(['run', '--rm', '-i', images.busybox, 'wc', '-c'], 'x'.repeat(50_000))).stdout.trim()).toBe('50000')
  })

  test('a container from run -d to rm', async () => {
    const id = await podman(
      'run',
      '-d',
      '--name',
      'theirs',
      '-e',
      'COLOUR=blue',
      images.busybox,
      'sh',
      '-c',
      'echo up; sleep 1000',
    )
    expect(id).toMatch(/^[0-9a-f]{64}$/)
    expect(await podman('ps', '--format', '{{.Names}} {{.State}}')).toBe('theirs running')
    expect(JSON.parse(await podman('inspect', 'theirs'))[0].Config.Env).toContain('COLOUR=blue')
    expect(await podman('exec', 'theirs', 'echo', 'inside')).toBe('inside')
    expect((await attempt(['exec', 'theirs', 'sh', '-c', 'exit 4'])).code).toBe(4)
    await eventually('its log', async () => (await podman('logs', 'theirs')) === 'up')
    expect(await podman('top', 'theirs')).toContain('sleep')
    await podman('rename', 'theirs', 'ours')
    await podman('stop', '-t', '0', 'ours')
    await podman('start', 'ours')
    await podman('rm', '-f', '-t', '0', 'ours')
    expect(await berth('ps', '-aq')).toBe('')
  })

  test('a health check comes with the container', async () => {
    await podman('create', '--name', 'checked', '--health-cmd', 'true', '--health-retries', '2', images.busybox, 'true')
    expect(JSON.parse(await podman('inspect', 'checked'))[0].Config.Healthcheck).toMatchObject({
      Test: ['CMD-SHELL', 'true'],
      Retries: 2,
    })
    expect(await podman('rm', 'checked')).toBe('checked')
  })

  test('secrets reach containers, and one that is missing is named', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'berth-remote-'))
    try {
      chmodSync(folder, 0o755)
      writeFileSync(join(folder, 'word'), 'hush')
      await podman('secret', 'create', 'word', join(folder, 'word'))
      const read = ['run', '--rm', '--network', 'none', '--secret', 'word', images.busybox, 'cat', '/run/secrets/word']
      expect(await podman(...read)).toBe('hush')
      expect(await podman('secret', 'inspect', 'word')).not.toContain('hush')
      const { code, stderr } = await attempt(['create', '--secret', 'x', images.busybox, 'true'])
      expect({ code, stderr }).toEqual({ code: 125, stderr: expect.stringContaining('no secret with name or id "x"') })
      expect(await podman('ps', '-aq')).toBe('')
    } finally {
      await attempt(['secret', 'rm', 'word'])
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('copies, what changed, and the file system as an archive', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'berth-remote-'))
    try {
      chmodSync(folder, 0o777)
      writeFileSync(join(folder, 'file'), 'text')
      await podman('run', '-d', '--name', 'files', '--network', 'none', images.busybox, 'sleep', '100')
      await podman('cp', join(folder, 'file'), 'files:/srv')
      await podman('cp', 'files:/srv', join(folder, 'back'))
      expect(readFileSync(join(folder, 'back'), 'utf8')).toBe('text')
      await podman('cp', 'files:/etc', join(folder, 'etc'))
      expect(readFileSync(join(folder, 'etc/passwd'), 'utf8')).toContain('www')
      expect(await podman('diff', 'files')).toContain('A /srv')
      expect(await podman('export', 'files').then((tar) => tar.includes('bin/busybox'))).toBe(true)
      expect((await attempt(['cp', 'files:/nope', folder])).stderr).toContain('"/nope" could not be found on container files')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('pods with what podman always sends, and one without a group of its own', async () => {
    await podman('pod', 'create', '--name', 'theirs')
    expect(await podman('pod', 'ps', '--format', '{{.Name}}')).toBe('theirs')
    await podman('pod', 'create', '--name', 'apart', '--share-parent=false')
    const [{ CgroupPath }] = [JSON.parse(await podman('pod', 'inspect', 'apart'))].flat()
    expect(CgroupPath ?? '').toBe('')
    await podman('pod', 'rm', '-f', '-t', '0', 'theirs', 'apart')
  })

  test('overlays, parts of volumes and owners', async () => {
    const shell = (script: string, ...args: string[]) =>
      podman('run', '--rm', '--network', 'none', ...args, images.busybox, 'sh', '-c', script)
    const volume = `remote-${name}`
    await shell('mkdir /v/a; echo part >/v/a/f; ln -s / /v/root', '-v', `${volume}:/v`)
    expect(await shell('echo own >/m/a/f; cat /m/a/f', '-v', `${volume}:/m:O`)).toBe('own')
    expect(await shell('echo own >/m/own; cat /m/own', '-v', '/usr:/m:O')).toBe('own')
    expect(existsSync('/usr/own')).toBe(false)
    const part = (subpath: string) => ['--mount', `type=volume,src=${volume},dst=/m,subpath=${subpath}`]
    expect(await shell('ls /m; cat /m/f', ...part('a'))).toBe('f\npart')
    expect(await attempt(['run', '--rm', ...part('root'), images.busybox, 'ls', '/m'])).toMatchObject({ code: 126, stdout: '' })
    expect(await attempt(['run', '--rm', ...part('none'), images.busybox, 'ls', '/m'])).toMatchObject({ code: 127, stdout: '' })
    expect(await shell('stat -c %u:%g /m /t', '-u', '33:44', '-v', `${volume}:/m:U`, '--tmpfs', '/t:U')).toBe('33:44\n33:44')
    expect(await shell('ls /m/bin/busybox', '--mount', `type=image,src=${images.busybox},dst=/m`)).toBe('/m/bin/busybox')
  })

  test('user namespaces and who runs in them', async () => {
    const shell = (flags: string, script: string) =>
      podman('run', '--rm', '--network', 'none', ...flags.split(' '), images.busybox, 'sh', '-c', script)
    expect(await shell('--userns keep-id:uid=200,gid=210', 'id -u; stat -c %u /etc; tail -n 1 /etc/passwd')).toBe(
      '200\n0\n200:*:200:210:container user:/:/bin/sh',
    )
    expect(await shell('--uidmap 0:1:100', 'cat /proc/self/uid_map; stat -c %u /etc')).toMatch(/^\s*0\s+1\s+100\n0$/)
    expect(await shell('-u 4242 --passwd-entry x:$UID --tz Asia/Seoul', 'tail -n 1 /etc/passwd; date +%z')).toBe('x:4242\n+0900')
    await podman('create', '--name', 'theirs', '-v', 'kept:/v', images.busybox, 'true')
    expect(
      await shell('--volumes-from theirs --chrootdirs /c --env-merge A=${PATH}x', 'ls -d /v; ls /c/etc/hosts; echo $A'),
    ).toMatch(/^\/v\n\/c\/etc\/hosts\n\/.*x$/)
    await podman('rm', 'theirs')
  })

  test('pods', async () => {
    await podman('pod', 'create', '--name', 'crew')
    await podman('run', '-d', '--pod', 'crew', '--name', 'member', images.busybox, 'sleep', '1000')
    expect(await podman('pod', 'ps', '--format', '{{.Name}} {{.Status}} {{.NumberOfContainers}}')).toBe('crew Running 2')
    await podman('pod', 'rm', '-f', '-t', '0', 'crew')
    expect(await berth('ps', '-aq')).toBe('')
  })

  test('networks, volumes, limits changed, use, events and an image of a container', async () => {
    await podman('network', 'create', '--subnet', '10.98.0.0/24', 'lane')
    await podman('volume', 'create', '--label', 'a=b', 'crate')
    try {
      const flags = ['--network', 'lane', '--network-alias', 'alias', '-v', 'crate:/d', '--memory', '64m']
      await podman('run', '-d', '--name', 'moved', ...flags, images.busybox, 'sleep', '1000')
      expect(await podman('inspect', '-f', '{{.NetworkSettings.Networks.lane.IPAddress}}', 'moved')).toBe('10.98.0.2')
      expect(await podman('network', 'ls', '-q')).toContain('lane')
      expect(await podman('volume', 'ls', '-q', '--filter', 'label=a=b')).toBe('crate')
      await podman('update', '--memory', '80m', 'moved')
      expect(await podman('inspect', '-f', '{{.HostConfig.Memory}}', 'moved')).toBe('83886080')
      expect(await podman('stats', '--no-stream', '--format', '{{.Name}} {{.PIDs}}', 'moved')).toBe('moved 1')
      await podman('network', 'disconnect', 'lane', 'moved')
      await podman('network', 'connect', '--alias', 'again', 'lane', 'moved')
      await podman('commit', '-q', '-c', 'LABEL q=r', 'moved', 'localhost/moved:1')
      expect(await podman('image', 'inspect', '-f', '{{.Labels.q}}', 'localhost/moved:1')).toBe('r')
      const events = ['events', '--stream=false', '--since', '10m', '--filter', 'container=moved', '--format', '{{.Status}}']
      expect(await podman(...events)).toMatch(/create\n[^]*start\n[^]*commit/)
      expect((await attempt(['exec', 'moved', 'no-such-program'])).code).toBe(127)
    } finally {
      await attempt(['rm', '-f', '-t', '0', 'moved'])
      await attempt(['rmi', 'localhost/moved:1'])
      await attempt(['network', 'rm', 'lane'])
      await attempt(['volume', 'rm', 'crate'])
    }
  })

  // Ordinary users can neither checkpoint nor restore.
  test.each(berth.root ? [name] : [])('a checkpoint travels through an archive', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'berth-remote-'))
    const archive = join(folder, 'travel.tar.gz')
    try {
      const loop = 'n=0; while true; do echo $n; n=$((n+1)); sleep 0.1; done'
      await podman('run', '-d', '--name', 'travel', '--network', 'none', images.busybox, 'sh', '-c', loop)
      await eventually('a few numbers', async () => (await podman('logs', 'travel')).includes('3'))
      await podman('container', 'checkpoint', '--export', archive, 'travel')
      await podman('rm', '-f', 'travel')
      await podman('container', 'restore', '--import', archive, '--name', 'arrived')
      expect(await podman('ps', '--format', '{{.Names}} {{.State}}')).toBe('arrived running')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('images', async () => {
    expect(await podman('images', '--format', '{{.Repository}}:{{.Tag}}')).toBe(images.busybox)
    await podman('tag', images.busybox, 'localhost/theirs:1')
    expect(JSON.parse(await podman('image', 'inspect', 'localhost/theirs:1'))[0].RepoTags).toContain('localhost/theirs:1')
    await podman('rmi', 'localhost/theirs:1')
    expect((await attempt(['image', 'exists', 'localhost/theirs:1'])).code).toBe(1)
  })

  test('terminals, followed logs, archives of images and disk use', async () => {
    const typed = (args: string, input: string) => {
      const line = [...argv, ...args.split(' ')].join(' ')
      return run('script', ['-qec', line, '/dev/null'], { env, input })
    }
    const shell = await typed(`run -it --rm --network none ${images.busybox} sh`, 'echo $((40+2)); exit 3\n')
    expect(shell.stdout).toMatch(/\r\n42\r\n/)
    expect(shell.code).toBe(3)
    await podman('run', '-d', '--name', 'live', '--network', 'none', images.busybox, 'sh', '-c', 'echo up; sleep 2; echo done')
    expect((await typed('exec -it live tty', '')).stdout).toContain('/dev/pts/')
    expect(await podman('logs', '-f', 'live')).toBe('up\ndone')
    const folder = mkdtempSync(join(tmpdir(), 'berth-remote-'))
    try {
      chmodSync(folder, 0o777)
      await podman('save', '-q', '-o', join(folder, 'saved.tar'), images.busybox)
      expect(await podman('load', '-i', join(folder, 'saved.tar'))).toBe(`Loaded image: ${images.busybox}`)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    expect(await podman('system', 'df', '--format', '{{.Type}} {{.Total}}')).toMatch(/^Images 1\nContainers 1\n/)
  })

  test('manifest lists with what is said of them, pushed quietly or not', async () => {
    await podman('manifest', 'create', '--annotation', 'colour=blue', 'noted')
    await podman('manifest', 'create', 'listed', images.busybox)
    expect(JSON.parse(await podman('manifest', 'inspect', 'noted')).annotations).toEqual({ colour: 'blue' })
    expect(JSON.parse(await podman('manifest', 'inspect', 'listed')).manifests).toHaveLength(1)
    expect(await podman('manifest', 'push', '-q', 'listed', `${registry}/remote/${name}:1`)).toBe('')
    const pushed = await attempt(['manifest', 'push', 'listed', `${registry}/remote/${name}:2`])
    expect(pushed).toMatchObject({ code: 0, stderr: expect.stringContaining('Writing manifest list to image destination') })
    const refused = await attempt(['push', images.busybox, 'dir:/tmp/berth-nowhere'])
    expect(refused).toMatchObject({ code: 125, stderr: expect.stringContaining('only docker transport is supported') })
    expect(existsSync('/tmp/berth-nowhere')).toBe(false)
    await podman('manifest', 'rm', 'noted')
    await podman('manifest', 'rm', 'listed')
  })

  test('the client’s own logins are used, and kept nowhere', async () => {
    const authfile = `${socket}.json`
    const auth = Buffer.from(`${secure.name}:${secure.password}`).toString('base64')
    writeFileSync(authfile, JSON.stringify({ auths: { [secure.host]: { auth } } }))
    chmodSync(authfile, 0o600)
    chownSync(authfile, berth.user.uid, berth.user.gid)
    const pull = ['pull', '-q', '--tls-verify=false', secure.image]
    try {
      expect((await attempt(pull)).code).toBe(125)
      const result = await run(argv[0]!, [...argv.slice(1), ...pull], { env: { ...env, REGISTRY_AUTH_FILE: authfile } })
      expect(result, result.stderr).toMatchObject({ code: 0 })
      expect((await attempt(pull)).code).toBe(125)
      await podman('rmi', secure.image)
    } finally {
      rmSync(authfile, { force: true })
    }
  })

  test('failures are told by name, with the exit codes of podman', async () => {
    for (const [code, text, ...args] of [
      [125, 'nobody', 'inspect', 'nobody'],
      [125, 'nobody', 'stop', 'nobody'],
      [1, 'nothing', 'rmi', 'nothing'],
      [127, 'no-such-program', 'run', '--rm', images.busybox, 'no-such-program'],
    ] as const) {
      const result = await attempt([...args])
      expect({ args, code: result.code }).toEqual({ args, code })
      expect(result.stderr).toContain(text)
    }
  })
})
