import type { ChildProcess } from 'node:child_process'
import { existsSync, lstatSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { berthAs, clear, everyone, pullImages } from '../support/berth.ts'
import { end, eventually, run } from '../support/processes.ts'

// Images that are made of containers, in the hands of podman and docker.

const { images, registry, folder } = inject('stage')

describe.runIf(everyone.includes('root'))('commit, beside podman and docker', () => {
  const berth = berthAs('root')
  const home = join(folder, 'commit-clients')
  const socket = join(folder, 'commit-clients.sock')
  const store = ['--root', join(home, 'root'), '--runroot', join(home, 'run'), '--storage-driver', 'overlay']
  let service: ChildProcess

  const succeed = async (program: string, ...args: string[]) => {
    const { code, stdout, stderr } = await run(program, args, { env: { ...process.env, DOCKER_HOST: `unix://${socket}` } })
    expect(code, `${program} ${args.join(' ')}: ${stderr}`).toBe(0)
    return stdout.trim()
  }
  const remote = (...args: string[]) => succeed('podman', '--remote', '--url', `unix://${socket}`, ...args)

  beforeAll(async () => {
    await pullImages(berth, images.busybox)
    await berth('run', '-d', '--name', 'source', '--network', 'none', '--stop-timeout', '0', images.busybox, 'sleep', '1000')
    service = berth.start('system', 'service', '--time', '0', `unix://${socket}`)
    service.stderr!.resume()
    await eventually('the socket', () => existsSync(socket), 20_000)
  })
  afterAll(async () => {
    await end(service)
    await clear(berth)
    await run('podman', [...store, 'rmi', '-a', '-f'])
    rmSync(home, { recursive: true, force: true })
  })

  test('what was pushed is, file by file, what podman pulls', async () => {
    const work = [
      'rm -r /var/www /bin/vi',
      'mkdir /var/www',
      'echo 1 >/var/www/a',
      'ln /var/www/a /b',
      'ln -s b /c',
      'chmod 4755 /b',
    ]
    await berth('exec', 'source', 'sh', '-c', work.join(' && '))
    const name = `${registry}/berth/committed:1`
    for (const format of ['oci', 'docker']) {
      await berth('commit', '-q', '-f', format, 'source', name)
      await berth('push', '-q', '--tls-verify=false', name)
      await succeed('podman', ...store, 'pull', '-q', '--tls-verify=false', name)
      const root = await succeed('podman', ...store, 'image', 'mount', name)
      expect(existsSync(join(root, 'bin/vi'))).toBe(false)
      expect(readFileSync(join(root, 'var/www/a'), 'utf8')).toBe('1\n')
      expect(lstatSync(join(root, 'b')).ino).toBe(lstatSync(join(root, 'var/www/a')).ino)
      expect(lstatSync(join(root, 'b')).mode & 0o7777).toBe(0o4755)
      expect(readlinkSync(join(root, 'c'))).toBe('b')
      const [theirs] = JSON.parse(await succeed('podman', ...store, 'image', 'inspect', name))
      const [ours] = await berth.json('image', 'inspect', name)
      for (const same of ['Id', 'Config', 'RootFS', 'History', 'ManifestType', 'Created'])
        expect(theirs[same]).toEqual(ours[same])
      await succeed('podman', ...store, 'image', 'unmount', name)
      await succeed('podman', ...store, 'rmi', '-f', name)
    }
  })

  test('podman commits and updates here', async () => {
    const id = await remote('commit', '-q', '-a', 'me', '-c', 'CMD x', 'source', 'by-podman')
    expect((await berth.json('image', 'inspect', id))[0]).toMatchObject({
      Author: 'me',
      RepoTags: ['localhost/by-podman:latest'],
    })
    expect(await remote('commit', 'source', 'with-steps')).toMatch(/^[0-9a-f]{64}$/)
    await remote('update', '--pids-limit', '99', '--restart', 'on-failure:2', 'source')
    const [{ HostConfig }] = await berth.json('inspect', 'source')
    expect(HostConfig).toMatchObject({ PidsLimit: 99, RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 } })
  })

  test.runIf(existsSync('/usr/bin/docker'))('docker commits and updates here (needs docker)', async () => {
    const id = await succeed('docker', 'commit', '-m', 'why', '-a', 'me', '-c', 'CMD x', 'source', 'by-docker:1')
    const [image] = await berth.json('image', 'inspect', id.replace('sha256:', ''))
    expect(image).toMatchObject({ Author: 'me', Comment: 'why', RepoTags: ['docker.io/library/by-docker:1'] })
    expect(await succeed('docker', 'update', '--pids-limit', '88', '--restart', 'no', 'source')).toBe('source')
    const [{ HostConfig }] = await berth.json('inspect', 'source')
    expect(HostConfig).toMatchObject({ PidsLimit: 88, RestartPolicy: { Name: 'no' } })
  })
})
