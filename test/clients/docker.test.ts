import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { berthAs, clear, everyone } from '../support/berth.ts'
import { end, eventually, run } from '../support/processes.ts'
import { become, environment } from '../support/users.ts'

const stage = inject('stage')
const { images, registry, secure } = stage

// Docker's own client on our form of its API: what people's scripts do with images and containers.

describe.each(everyone)('docker as %s', (name) => {
  const berth = berthAs(name)
  const folder = join(berth.root ? stage.folder : berth.user.runtime, 'docker-client')
  const socket = join(folder, 'docker.sock')
  const argv = [...become(berth.user), 'docker']
  const env = { ...environment(berth.user), DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: join(folder, 'config') }
  let service: ChildProcess

  const attempt = (...args: string[]) => run(argv[0]!, [...argv.slice(1), ...args], { env, cwd: folder })
  const docker = async (...args: string[]) => {
    const result = await attempt(...args)
    expect(result.code, `docker ${args.join(' ')}: ${result.stderr}${result.stdout}`).toBe(0)
    return result.stdout.replace(/\n$/, '')
  }

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true })
    await run('chown', [`${berth.user.uid}:${berth.user.gid}`, folder], {})
    service = berth.start('system', 'service', '--time', '0', `unix://${socket}`)
    service.stderr!.resume()
    await eventually('the socket', () => existsSync(socket), 20_000)
  })
  afterAll(async () => {
    await clear(berth)
    await end(service)
    rmSync(folder, { recursive: true, force: true })
  })

  test('pull, images, inspect, history', async () => {
    const text = await docker('pull', images.layers)
    expect(text).toMatch(/: Pulling from layers\n[^]*: Pull complete\n[^]*Digest: sha256:[0-9a-f]{64}\n/)
    expect(text).toContain(`Status: Downloaded newer image for ${images.layers}`)
    expect(await docker('pull', images.layers)).toContain(`Status: Image is up to date for ${images.layers}`)
    const [{ Id: id }] = await berth.json('image', 'inspect', images.layers)
    expect(await docker('images', '-q', '--no-trunc')).toBe(`sha256:${id}`)
    const [details] = JSON.parse(await docker('image', 'inspect', images.layers))
    expect(details).toMatchObject({ Id: `sha256:${id}`, RepoTags: [images.layers], RootFS: { Type: 'layers' } })
    expect((await docker('history', '-q', '--no-trunc', images.layers)).split('\n')[0]).toBe(`sha256:${id}`)
    const missing = await attempt('image', 'inspect', 'nobody/nothing')
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('nobody/nothing') })
    const absent = await attempt('pull', `${registry}/nobody/nothing:1`)
    expect(absent).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('nobody/nothing') })
  })

  test('tag, push, and the digest that others see', async () => {
    const target = `${registry}/docker/${name}:1`
    await docker('tag', images.layers, target)
    const digest = /1: digest: (sha256:[0-9a-f]{64})/.exec(await docker('push', target))?.[1]
    const [{ Digest }] = await berth.json('image', 'inspect', images.layers)
    expect(digest).toBe(Digest)
    expect(await docker('rmi', target)).toBe(`Untagged: ${target}`)
    await docker('tag', images.layers, 'short:1')
    expect(await docker('images', '--format', '{{.Repository}}:{{.Tag}}')).toContain('short:1')
    await docker('rmi', 'short:1')
  })

  test('save and load, as files and through pipes', async () => {
    const archive = join(folder, 'saved.tar')
    await docker('save', '-o', archive, images.layers)
    const [{ Id: id }] = await berth.json('image', 'inspect', images.layers)
    await docker('rmi', '-f', images.layers)
    expect(await docker('load', '-i', archive)).toBe(`Loaded image: ${images.layers}`)
    expect(await docker('images', '-q', '--no-trunc')).toBe(`sha256:${id}`)
    await docker('import', archive, 'imported:1')
    expect(await docker('image', 'inspect', '-f', '{{len .RootFS.Layers}}', 'imported:1')).toBe('1')
    await docker('rmi', 'imported:1')
  })

  test('search, login, disk use, info and prune', async () => {
    expect(await docker('search', `${registry}/layers`)).toContain(`${registry}/layers`)
    const wrong = await attempt('login', '-u', secure.name, '-p', 'wrong', secure.host)
    expect(wrong.code).toBe(1)
    expect(await docker('system', 'df', '--format', '{{.Type}} {{.TotalCount}}')).toContain('Images 1')
    expect(await docker('info', '--format', '{{.Images}} {{.Driver}}')).toBe('1 overlay')
    expect(await docker('version', '--format', '{{.Server.Os}}')).toBe('linux')
    expect(await docker('image', 'prune', '-f')).toContain('Total reclaimed space: 0B')
    expect(await docker('image', 'prune', '-af')).toMatch(/deleted: sha256:[0-9a-f]{64}\n\nTotal reclaimed space: [1-9]/)
    expect(await docker('images', '-q')).toBe('')
  })

  describe('containers', () => {
    const { busybox } = images
    beforeAll(async () => void (await berth('pull', '-q', busybox)))

    test('run, with its output, input and exit code; logs, ps, inspect', async () => {
      expect(await docker('run', '--rm', busybox, 'echo', 'hello')).toBe('hello')
      const script = 'echo out | tee /data/kept; echo err >&2; exit 3'
      const failed = await attempt('run', '--name', 'once', '-v', `kept-${name}:/data`, busybox, 'sh', '-c', script)
      expect(failed).toMatchObject({ code: 3, stdout: 'out\n', stderr: 'err\n' })
      expect(await attempt('logs', 'once')).toMatchObject({ stdout: 'out\n', stderr: 'err\n' })
      expect(await docker('ps', '-a', '--format', '{{.Names}} {{.State}}')).toBe('once exited')
      expect(await docker('inspect', '-f', '{{.Name}} {{.State.ExitCode}} {{.Config.Image}}', 'once')).toBe(`/once 3 ${busybox}`)
      const piped = await run(argv[0]!, [...argv.slice(1), 'run', '-i', '--rm', busybox, 'cat'], {
        env,
        cwd: folder,
        input: 'in\n',
      })
      expect(piped).toMatchObject({ code: 0, stdout: 'in\n' })
      expect(await attempt('run', '--rm', busybox, '/nope')).toMatchObject({
        code: 127,
        stderr: expect.stringContaining('/nope'),
      })
      expect(await docker('run', '--rm', '--volumes-from', 'once', busybox, 'cat', '/data/kept')).toBe('out')
      expect(await attempt('run', '--rm', '--link', 'once:x', busybox)).toMatchObject({
        code: 125,
        stderr: expect.stringContaining('HostConfig.Links'),
      })
      await docker('rm', 'once')
      expect(await docker('volume', 'rm', `kept-${name}`)).toBe(`kept-${name}`)
    })

    test('exec, pause, stats, top, copies, and the ends of a container', async () => {
      const flags = ['-v', `of-${name}:/data`, '-e', 'A=b', '-l', 'x=y', '--tmpfs', '/scratch', '-w', '/tmp']
      await docker('run', '-d', '--name', 'long', ...flags, busybox, 'sleep', '1000')
      expect(await docker('exec', 'long', 'sh', '-c', 'echo $A $(pwd)')).toBe('b /tmp')
      expect((await attempt('exec', 'long', 'sh', '-c', 'exit 4')).code).toBe(4)
      expect(await docker('top', 'long')).toContain('sleep 1000')
      if (berth.root) {
        await docker('pause', 'long')
        expect(await docker('ps', '--format', '{{.Names}} {{.Status}}')).toBe('long Paused')
        await docker('unpause', 'long')
        expect(await docker('stats', '--no-stream', '--format', '{{.Name}} {{.PIDs}}', 'long')).toBe('long 1')
      }
      writeFileSync(join(folder, 'file'), 'text\n')
      await docker('cp', 'file', 'long:/data')
      await docker('cp', 'long:/data/.', 'content')
      await docker('cp', 'long:/data/file', 'back')
      expect([join('content', 'file'), 'back'].map((each) => readFileSync(join(folder, each), 'utf8'))).toEqual([
        'text\n',
        'text\n',
      ])
      expect((await attempt('cp', 'long:/nope', '.')).stderr).toContain('"/nope" could not be found')
      expect(await docker('diff', 'long')).toContain('A /data')
      expect(await docker('ps', '-aq', '--no-trunc', '--filter', 'label=x=y')).toBe(
        await docker('inspect', '-f', '{{.Id}}', 'long'),
      )
      await docker('rename', 'long', 'longer')
      await docker('stop', '-t', '0', 'longer')
      await docker('start', 'longer')
      await docker('restart', '-t', '0', 'longer')
      await docker('kill', 'longer')
      expect(await docker('wait', 'longer')).toBe('137')
      expect((await docker('export', 'longer')).includes('bin/busybox')).toBe(true)
      await docker('rm', '-fv', 'longer')
      expect(await docker('container', 'prune', '-f')).toContain('Total reclaimed space')
      expect(await docker('ps', '-aq')).toBe('')
      expect((await attempt('stop', 'longer')).stderr).toContain('no such container')
    })
  })
})
