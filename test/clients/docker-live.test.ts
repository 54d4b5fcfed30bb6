import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type ApiService, startApiService } from '../support/api-service.ts'
import { berthAs, clear, pullImages } from '../support/berth.ts'
import { end, eventually, run } from '../support/processes.ts'

const { images } = inject('stage')

// Docker's client where it stays connected (terminals, followed logs, events, stats), and with networks, updates and commits.

const berth = berthAs('root')
let service: ApiService
const loop = 'n=0; while true; do echo line $n; n=$((n+1)); sleep 0.2; done'

const attempt = (...args: string[]) => run('docker', args, { env: service.env })
const docker = async (...args: string[]) => {
  const result = await attempt(...args)
  expect(result.code, `docker ${args.join(' ')}: ${result.stderr}${result.stdout}`).toBe(0)
  return result.stdout.replace(/\n$/, '')
}
/** The same at a terminal, with what is typed there. */
const typed = (command: string, input: string) =>
  run('script', ['-qec', `docker ${command}`, '/dev/null'], { env: service.env, input })

/** Starts a command that goes on, and ends it once its output is as expected. */
async function until(expected: RegExp, ...args: string[]): Promise<void> {
  const child = spawn('docker', args, { env: service.env, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (text += data.toString()))
  await eventually(`docker ${args.join(' ')}`, () => expected.test(text)).finally(() => end(child))
}

beforeAll(async () => {
  await pullImages(berth, images.busybox)
  service = await startApiService(berth, 'docker-live')
  await docker('network', 'create', '--subnet', '10.77.0.0/24', '--label', 'a=b', 'first')
  const flags = ['--network', 'first', '--network-alias', 'alias', '--health-cmd', 'true', '--health-interval', '1s']
  await docker('run', '-d', '--name', 'live', ...flags, images.busybox, 'sh', '-c', loop)
})
afterAll(async () => {
  await clear(berth)
  await berth.try(['network', 'rm', 'first'])
  await service?.stop()
})

test('terminals: run and exec, what is typed, what is shown and the exit code', async () => {
  const shell = await typed(`run -it --rm --network none ${images.busybox} sh`, 'echo $((40+2)); tty; exit 3\n')
  expect(shell.stdout).toMatch(/\r\n42\r\n\/dev\/pts\/\d+\r\n/)
  expect(shell.code).toBe(3)
  // A command that has ended before it reads what was typed loses nothing of what it wrote.
  for (let round = 0; round < 5; round += 1) expect((await typed('exec -it live tty', '')).stdout).toContain('/dev/pts/')
  const missing = await attempt('exec', 'live', 'no-such-program')
  expect(missing).toMatchObject({ code: 127, stderr: expect.stringContaining('no-such-program') })
})

test('logs, stats and events go on, and processes are listed', async () => {
  await until(/line \d+\n(.*\n)*.*line \d+\n/, 'logs', '-f', '--tail', '1', '-t', 'live')
  await until(/live [\d.]+% [1-9]\d*\n?[^]*live [\d.]+%/, 'stats', '--format', '{{.Name}} {{.CPUPerc}} {{.PIDs}}', 'live')
  expect(await docker('top', 'live', '-o', 'pid,comm')).toMatch(/PID\s+COMMAND\n1\s+sh/)
  const shown =
    /container create .*name=seen[^]*container start .*name=seen[^]*container die .*name=seen[^]*container destroy .*name=seen/
  const events = until(shown, 'events', '--since', '10m', '--filter', 'type=container')
  await docker('run', '--rm', '--name', 'seen', '--network', 'none', images.busybox, 'true')
  await events
  expect(
    await docker('events', '--since', '10m', '--until', '0s', '--filter', 'container=live', '--format', '{{.Action}}'),
  ).toMatch(/create\n[^]*start/)
})

test('a container on networks, its health, its limits changed, an image of it', async () => {
  expect(await docker('inspect', '-f', '{{.HostConfig.NetworkMode}} {{.Config.Image}}', 'live')).toBe(`first ${images.busybox}`)
  await docker('network', 'connect', '--alias', 'second', 'bridge', 'live')
  const networks = JSON.parse(await docker('inspect', '-f', '{{json .NetworkSettings.Networks}}', 'live'))
  expect(networks).toMatchObject({ first: { IPAddress: '10.77.0.2' }, bridge: { Aliases: expect.arrayContaining(['second']) } })
  await docker('network', 'disconnect', 'bridge', 'live')
  expect(await docker('network', 'inspect', '-f', '{{range .Containers}}{{.Name}} {{.IPv4Address}}{{end}}', 'first')).toBe(
    'live 10.77.0.2/24',
  )
  await eventually('its health', async () => (await docker('inspect', '-f', '{{.State.Health.Status}}', 'live')) === 'healthy')
  await docker('update', '--memory', '64m', '--memory-swap', '128m', '--restart', 'always', 'live')
  expect(await docker('inspect', '-f', '{{.HostConfig.Memory}} {{.HostConfig.RestartPolicy.Name}}', 'live')).toBe(
    '67108864 always',
  )
  await docker('commit', '-m', 'kept', '-c', 'LABEL q=r', 'live', 'kept:1')
  expect(await docker('image', 'inspect', '-f', '{{.Config.Labels.q}} {{.Comment}}', 'kept:1')).toBe('r kept')
  expect(await docker('system', 'df', '--format', '{{.Type}} {{.TotalCount}} {{.Active}}')).toContain('Containers 1 1')
  // One that never ran is stopped already, as Docker has it.
  await docker('create', '--name', 'never', images.busybox, 'true')
  expect(await docker('inspect', '-f', '{{range .NetworkSettings.Networks}}{{.NetworkID}}{{end}}', 'never')).toMatch(
    /^[0-9a-f]{64}$/,
  )
  expect(await docker('stop', 'never')).toBe('never')
})

test('skopeo reads and writes images through Docker’s API', async () => {
  const daemon = (...args: string[]) => run('skopeo', args, { env: service.env })
  const host = ['--daemon-host', service.env['DOCKER_HOST']!]
  const inspected = await daemon('inspect', ...host, `docker-daemon:${images.busybox}`)
  expect(inspected, inspected.stderr).toMatchObject({ code: 0 })
  expect(JSON.parse(inspected.stdout)).toMatchObject({ Os: 'linux', Layers: [expect.stringMatching(/^sha256:/)] })
  const copied = await daemon(
    'copy',
    '-q',
    '--src-daemon-host',
    host[1]!,
    '--dest-daemon-host',
    host[1]!,
    `docker-daemon:${images.busybox}`,
    'docker-daemon:copied:1',
  )
  expect(copied, copied.stderr).toMatchObject({ code: 0 })
  expect(await docker('image', 'inspect', '-f', '{{.Os}}', 'copied:1')).toBe('linux')
})

test('over ssh, by a service that all connections share', async () => {
  const bin = join(service.folder, 'ssh-bin')
  mkdirSync(bin)
  const { argv, env } = berth.command()
  // What ssh would run on the other host: `docker system dial-stdio`.
  writeFileSync(join(bin, 'ssh'), `#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift 3\nexec ${argv.join(' ')} "$@"\n`, {
    mode: 0o755,
  })
  const over = (...args: string[]) =>
    run('docker', ['-H', 'ssh://me@there', ...args], { env: { ...service.env, PATH: `${bin}:${env['PATH']}` } })
  try {
    const ran = await over('run', '--rm', '--network', 'none', images.busybox, 'sh', '-c', 'echo there; exit 3')
    expect(ran, ran.stderr).toMatchObject({ code: 3, stdout: 'there\n' })
    expect(await over('exec', 'live', 'cat', '/nope')).toMatchObject({ code: 1, stderr: expect.stringContaining('/nope') })
  } finally {
    // It would end by itself once it is idle.
    for (const pid of (await run('pgrep', ['-f', join(berth.run, 'dial.sock')])).stdout.split('\n').filter(Boolean))
      process.kill(Number(pid))
  }
})

test('volumes and networks are made, listed, shown and removed', async () => {
  expect(await docker('volume', 'create', '--label', 'a=b', 'crate')).toBe('crate')
  expect(await docker('volume', 'ls', '-q', '--filter', 'label=a=b')).toBe('crate')
  expect(await docker('volume', 'inspect', '-f', '{{.Driver}} {{.Labels.a}}', 'crate')).toBe('local b')
  expect(await docker('network', 'ls', '--format', '{{.Name}} {{.Driver}}')).toContain('first bridge')
  await docker('network', 'create', 'second')
  expect(await docker('network', 'rm', 'second')).toBe('second')
  expect(await docker('volume', 'rm', 'crate')).toBe('crate')
})
