import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { berthAs, clear, everyone } from '../support/berth.ts'
import { end, eventually, run } from '../support/processes.ts'
import { become, environment } from '../support/users.ts'

const stage = inject('stage')
const { images, registry, secure } = stage

// Docker's own client on our form of its API: what people's scripts do with images.

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
})
