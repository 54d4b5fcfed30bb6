import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, pullImages } from '../support/berth.ts'
import { end, eventually, must } from '../support/processes.ts'

// A service manager that waits at $NOTIFY_SOCKET is told of a container's start, by whom --sdnotify names.

const stage = inject('stage')
const { busybox } = stage.images

const listen = `import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
while True: print(s.recv(4096).decode().replace('\\n', ' '), flush=True)`

const send = `import socket
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'READY=1', 'notify.sock')`

describe.each(anyone)('--sdnotify as %s', (name) => {
  const berth = berthAs(name)
  const folder = join(stage.folder, `notify-${name}`)
  const socket = join(folder, 'socket')
  const told: string[] = []
  let manager: ChildProcess

  beforeAll(async () => {
    mkdirSync(folder, { mode: 0o755 })
    await pullImages(berth, busybox)
    manager = spawn('python3', ['-c', listen, socket], { stdio: ['ignore', 'pipe', 'inherit'] })
    manager.stdout!.on('data', (data: Buffer) => told.push(...data.toString().split('\n').filter(Boolean)))
    await eventually('the socket', () => existsSync(socket))
    await must('chmod', ['666', socket])
  })
  afterEach(async () => {
    await clear(berth, false)
    told.length = 0
  })
  afterAll(async () => {
    await clear(berth)
    await end(manager)
    rmSync(folder, { recursive: true, force: true })
  })

  const begin = (...args: string[]) => berth.try(['run', '-d', '--network', 'none', ...args], { env: { NOTIFY_SOCKET: socket } })
  const monitor = async () => `MAINPID=${await berth('inspect', '--latest', '--format', '{{.State.ConmonPid}}')}`

  test('the monitor is the process to watch, and ready at once, or when the check succeeds', async () => {
    expect(await begin('--sdnotify', 'ignore', busybox, 'sleep', '100')).toMatchObject({ code: 0, stderr: '' })
    await begin('--sdnotify', 'conmon', busybox, 'sleep', '100')
    expect(told).toEqual([`${await monitor()} READY=1`])
    told.length = 0
    const script = 'sleep 0.5; touch /up; sleep 100'
    const check = ['--health-cmd', 'cat /up', '--health-interval', '100ms', '--health-retries', '100']
    await begin('--sdnotify', 'healthy', ...check, busybox, 'sh', '-c', script)
    expect(await berth('inspect', '--latest', '--format', '{{.State.Health.Status}}')).toBe('healthy')
    expect(told).toEqual([await monitor(), 'READY=1'])
    told.length = 0
    // One that ends before is not ready.
    await begin('--sdnotify', 'healthy', ...check, busybox, 'true')
    expect(told).toEqual([expect.stringMatching(/^MAINPID=/)])
  })

  test('a container says itself that it is ready, through its monitor', async () => {
    expect(await begin('--name', 'own', busybox, 'sleep', '100')).toMatchObject({ code: 0, stderr: '' })
    expect(told).toEqual([await monitor()])
    const inside = '/run/notify/notify.sock'
    expect(await berth('exec', 'own', 'sh', '-c', `echo $NOTIFY_SOCKET; ls ${inside}`)).toBe(`${inside}\n${inside}`)
    const { Id } = (await berth.json('inspect', 'own'))[0]
    await must('python3', ['-c', send], { cwd: join(berth.store, 'containers', Id, 'bundle/notify') })
    await eventually('the word of the container', () => told.includes('READY=1'))
    await berth('restart', '-t', '0', 'own')
    expect(told.at(-1)).toBe(await monitor())
  })
})
