import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, inject, test } from 'vitest'
import { berthAs } from '../support/berth.ts'
import { leaks, takePicture } from '../support/leaks.ts'
import { must, run } from '../support/processes.ts'
import { become, environment, findUser, ordinary, pids, sandboxed } from '../support/users.ts'

const stage = inject('stage')

// Of tests that fail only beside others nobody can say why: nothing of the machine is shared but the kernel and the programs.
describe.skipIf(!sandboxed)('a sandbox (on a machine without systemd)', () => {
  test('has processes, folders, a network and control groups of its own', async () => {
    expect(readFileSync('/proc/1/cmdline', 'latin1')).toMatch(/^catatonit\0/)
    expect(pids().length).toBeLessThan(20)
    expect(readdirSync('/home').toSorted()).toEqual(ordinary)
    expect(readdirSync('/tmp')).toContain('berth-e2e')
    for (const place of ['/root', '/var/tmp', '/var/lib/berth', '/run/lock', '/etc/containers/systemd'])
      expect(existsSync(place) ? readdirSync(place) : [], place).toEqual([])
    expect(readdirSync('/proc/sys/net/ipv4/conf').toSorted()).toEqual(['all', 'away', 'default', 'eth0', 'lo'])
    for (const line of readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n')) expect(line).toMatch(/:\/$/)
  })

  test('has users of its own, and somebody else’s folder where credentials are looked for', async () => {
    const users = ordinary.map((name) => findUser(name, stage.folder))
    for (const user of users) {
      expect(user.runtime).toBe(`/run/user/${user.uid}`)
      const [program, ...args] = [...become(user), 'ls', `/run/containers/${user.uid}`]
      expect((await run(program!, args, { env: environment(user) })).code).not.toBe(0)
    }
    expect(new Set(users.map(({ uid }) => uid)).size).toBe(users.length)
    expect(statSync('/run/containers').uid).toBe(0)
  })

  test('what is left behind in it is found', async () => {
    const before = await takePicture()
    const alice = berthAs('alice')
    const sleeper = spawn('setsid', [...become(alice.user), 'sleep', '12345'], { stdio: 'ignore' })
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const place = join(stage.folder, 'left')
    const file = join(alice.user.runtime, 'berth/left')
    const id = 'a'.repeat(64)
    const group = ['memory', '']
      .map((each) => join('/sys/fs/cgroup', each))
      .find((each) => existsSync(join(each, 'cgroup.procs')))!
    try {
      mkdirSync(place)
      await must('mount', ['-t', 'tmpfs', 'tmpfs', place])
      writeFileSync(file, '')
      mkdirSync(join(group, id))
      const found = leaks(before, await takePicture()).join('\n')
      for (const each of ['sleep 12345', `mounts: ${place}`, file, id, 'ports: tcp ']) expect(found).toContain(each)
    } finally {
      sleeper.kill('SIGKILL')
      await once(sleeper, 'exit')
      server.close()
      await run('umount', [place])
      rmdirSync(place)
      await must('rm', ['-f', file])
      rmdirSync(join(group, id))
    }
    expect(leaks(before, await takePicture())).toEqual([])
  })
})
