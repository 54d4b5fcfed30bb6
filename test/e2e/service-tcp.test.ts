import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anyone, berthAs } from '../support/berth.ts'
import { freePort } from '../support/free-port.ts'
import { end, eventually, must, run } from '../support/processes.ts'
import { become } from '../support/users.ts'

describe.each(anyone)('the API service on TCP as %s', (name) => {
  const berth = berthAs(name)
  const folder = join(berth.user.home, 'tcp')
  const file = (each: string) => join(folder, each)
  const running: ChildProcess[] = []

  /** As the user, in the folder of certificates. */
  const as = (...args: string[]) => {
    const [program, ...rest] = [...become(berth.user), ...args]
    return run(program!, rest)
  }

  beforeAll(async () => {
    const make = `mkdir -p ${folder} && cd ${folder}
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.crt
      for who in srv client; do
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=$who -addext subjectAltName=IP:127.0.0.1 -keyout $who.key -out $who.csr
        openssl x509 -req -in $who.csr -CA ca.crt -CAkey ca.key -copy_extensions copy -days 2 -out $who.crt
      done`
    const [program, ...rest] = [...become(berth.user), 'sh', '-ec', make]
    await must(program!, rest)
  })
  afterAll(async () => {
    await Promise.all(running.map(end))
    await as('rm', '-rf', folder)
  })

  /** Starts a service; resolves with its port and what it has printed. */
  async function serve(...args: string[]): Promise<{ port: string; printed: () => string }> {
    const service = berth.start('system', 'service', '--time', '0', ...args)
    running.push(service)
    let printed = ''
    service.stderr!.on('data', (data) => (printed += String(data)))
    await eventually('the port', () => /listening on \S+:\d+/.test(printed) || service.exitCode !== null, 20_000)
    const port = /listening on \S+:(\d+)/.exec(printed)?.[1]
    if (port === undefined) throw new Error(printed)
    return { port, printed: () => printed }
  }

  test('on loopback it answers programs, warns, and refuses pages of browsers', async () => {
    const { port, printed } = await serve('tcp://127.0.0.1:0')
    await eventually('the warning', () => printed().includes('Warning'), 5_000)
    const url = `http://127.0.0.1:${port}/v5.0.0/libpod/info`
    expect(JSON.parse((await as('curl', '-sS', url)).stdout)).toHaveProperty('host')
    const page = await as('curl', '-sS', '-o', '/dev/null', '-w', '%{http_code}', '-H', 'Origin: https://evil.example', url)
    expect(page.stdout).toBe('403')
  })

  test('with clients’ certificates nobody without one is let in', async () => {
    const tls = ['--tls-cert', file('srv.crt'), '--tls-key', file('srv.key'), '--tls-client-ca', file('ca.crt')]
    const { port } = await serve(...tls, 'tcp://0.0.0.0:0')
    const url = `https://127.0.0.1:${port}/v1.41/_ping`
    const mine = ['--cert', file('client.crt'), '--key', file('client.key')]
    expect((await as('curl', '-sS', '--cacert', file('ca.crt'), ...mine, url)).stdout).toBe('OK')
    expect((await as('curl', '-sS', '--cacert', file('ca.crt'), url)).code).not.toBe(0)
  })

  test.each([
    [['tcp://0.0.0.0:0'], '--tls-client-ca'],
    [['--tls-cert', 'srv.crt', 'tcp://127.0.0.1:0'], '--tls-key'],
    [['--tls-cert', 'ca.csr', '--tls-key', 'srv.key', 'tcp://127.0.0.1:0'], 'cannot be read'],
    [['--tls-cert', 'srv.crt', '--tls-key', 'srv.key', 'unix:///tmp/no.sock'], 'tcp://'],
    [['fd://'], 'systemd'],
    [['http://127.0.0.1:1'], 'unix:///PATH'],
  ])('%j is refused with the way out', async (args, way) => {
    const given = args.map((each) => (/^(srv|ca)\./.test(each) ? file(each) : each))
    const { code, stderr } = await berth.try(['system', 'service', ...given])
    expect({ code, stderr }).toEqual({ code: 125, stderr: expect.stringContaining(way) })
  })

  test('a socket that is handed over is served, and nobody left ends the service', async () => {
    const port = await freePort()
    const { argv, env } = berth.command('system', 'service', '--time', '1')
    const activator = spawn('systemd-socket-activate', ['-l', `127.0.0.1:${port}`, ...setEnvironment(env), ...argv], {
      stdio: 'ignore',
      env: { ...process.env, ...env },
    })
    running.push(activator)
    const exited = new Promise<number | null>((resolve) => activator.once('exit', resolve))
    const answer = await run('curl', [
      '-sS',
      '--retry',
      '20',
      '--retry-connrefused',
      '--retry-delay',
      '1',
      `http://127.0.0.1:${port}/_ping`,
    ])
    expect(answer.stdout).toBe('OK')
    expect(await exited).toBe(0)
  })

  test('nothing is left of its own socket when it has ended', async () => {
    const socket = join(berth.user.runtime, 'ends.sock')
    const service = berth.start('system', 'service', '--time', '1', `unix://${socket}`)
    running.push(service)
    const exited = new Promise<number | null>((resolve) => service.once('exit', resolve))
    expect(await exited).toBe(0)
    expect(existsSync(socket)).toBe(false)
  })
})

/** What systemd-socket-activate passes on. */
function setEnvironment(env: Record<string, string>): string[] {
  return Object.entries(env).flatMap(([name, value]) => ['-E', `${name}=${value}`])
}
