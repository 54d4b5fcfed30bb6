import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type Control, encodeControl, encodeStdio, parseControl, splitMessage, StdioReader } from '../protocol/index.ts'
import { findAccount, listenForLogins } from './index.ts'

const root = process.getuid?.() === 0
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** A login service whose PAM service says what `auth` says, and whose agent is a shell command. */
async function start(auth: string, agent: string, server = { uid: 0, gid: 0 }) {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-login-'))
  chmodSync(folder, 0o755)
  const service = `berth-test-${process.pid}`
  const file = `/etc/pam.d/${service}`
  writeFileSync(file, `auth ${auth}\naccount required pam_permit.so\nsession required pam_permit.so\n`)
  cleanups.push(() => {
    rmSync(file, { force: true })
    rmSync(folder, { recursive: true, force: true })
  })
  const program = join(folder, 'helper.ts')
  writeFileSync(
    program,
    `
    import { runLogin } from '${join(import.meta.dirname, 'index.ts')}'
    await runLogin({ fd: 0, service: '${service}', agent: ['/bin/sh', '-c', ${JSON.stringify(agent)}], log: (line) => console.error(line),
      prepareSession: () => ({ environment: { PREPARED: 'yes' }, release: () => {} }) })
    process.exit()`,
  )
  const path = join(folder, 'login.sock')
  const lines: string[] = []
  const logins = await listenForLogins({ path, server, helper: [process.execPath, program], log: (line) => lines.push(line) })
  cleanups.push(() => logins.close(2000))
  return { path, lines, folder }
}

/** Everything that comes on a connection: control messages first, then the agent's text. */
async function talk(path: string, messages: [channel: string, payload: string | Control][]) {
  const socket: Socket = connect(path)
  const reader = new StdioReader()
  const controls: Control[] = []
  let raw = ''
  socket.on('error', () => {})
  socket.on('data', (data: Buffer) => {
    if (controls.at(-1)?.command === 'agent') raw += data.toString()
    else {
      const end = data.indexOf('}') + 1
      for (const message of reader.push(data.subarray(0, end))) controls.push(parseControl(splitMessage(message).payload))
      raw += data.subarray(end).toString()
    }
  })
  for (const [channel, payload] of messages)
    socket.write(encodeStdio(channel, typeof payload === 'string' ? payload : encodeControl(payload)))
  await new Promise<void>((resolve) => socket.once('close', () => resolve()))
  return { controls, raw }
}

const login = (user: string): [string, Control] => ['', { command: 'login', user, remote: '127.0.0.1' }]

test('accounts are found by name, and a missing one is said', () => {
  expect(findAccount('root')).toMatchObject({ name: 'root', uid: 0, gid: 0 })
  expect(() => findAccount('no-such-account')).toThrow('no such account')
})

test.skipIf(!root)(
  '[needs root] a login that PAM accepts runs the agent with a clean environment on the connection',
  async () => {
    const { path } = await start('required pam_permit.so', 'echo "$HOME $USER $PREPARED $(env | grep -c NODE_)"; exit 0')
    const { controls, raw } = await talk(path, [login('root'), ['secret', 'anything']])
    expect(controls).toEqual([{ command: 'agent', user: 'root' }])
    expect(raw).toBe('/root root yes 0\n')
  },
)

test.skipIf(!root)('[needs root] one that PAM refuses is refused in the same form as an unknown user', async () => {
  const { path } = await start('required pam_deny.so', 'echo never')
  const one = await talk(path, [login('root'), ['secret', 'wrong']])
  const other = await talk(path, [login('no-such-account'), ['secret', 'wrong']])
  expect(one.controls).toEqual([
    { command: 'refused', problem: 'authentication-failed', message: 'Wrong user name or password.' },
  ])
  expect(other).toEqual(one)
})

test.skipIf(!root)('[needs root] an account that is not for people gets no agent', async () => {
  const { path } = await start('required pam_permit.so', 'echo never')
  const { controls, raw } = await talk(path, [login('daemon'), ['secret', 'x']])
  expect(controls[0]).toMatchObject({ command: 'refused', problem: 'access-denied' })
  expect(raw).toBe('')
})

test.skipIf(!root)('[needs root] an ordinary account gets its own ids and no capability', async () => {
  const name = `br${process.pid}`
  spawnSync('useradd', ['--no-create-home', '--shell', '/bin/sh', name])
  cleanups.push(() => spawnSync('userdel', [name]))
  const { uid, gid } = findAccount(name)
  const { path } = await start('required pam_permit.so', 'echo "$(id -u) $(id -g) $(id -G) $(grep CapEff /proc/self/status)"')
  const { raw } = await talk(path, [login(name), ['secret', 'x']])
  expect(raw).toBe(`${uid} ${gid} ${gid} CapEff:\t0000000000000000\n`)
})

test.skipIf(!root)('[needs root] what is no login is refused, and the service goes on', async () => {
  const { path } = await start('required pam_permit.so', 'exit 0')
  for (const message of [
    ['', { command: 'hello' }],
    ['', '{'],
    ['secret', 'x'],
  ] as [string, string | Control][]) {
    const { controls } = await talk(path, [message])
    expect(controls[0]).toMatchObject({ command: 'refused', problem: 'protocol-error' })
  }
  expect((await talk(path, [login('root'), ['secret', 'x']])).controls[0]).toMatchObject({ command: 'agent' })
})

test.skipIf(!root)('[needs root] only the server’s user may ask, even if the socket lets another one in', async () => {
  const { path, lines } = await start('required pam_permit.so', 'echo never', { uid: 1, gid: 1 })
  expect(statSync(path).mode & 0o777).toBe(0o660)
  expect(statSync(path).gid).toBe(1)
  chmodSync(path, 0o666)
  const ask = `const s = require('node:net').connect(${JSON.stringify(path)}); s.on('error', () => {}); s.on('data', (d) => process.stdout.write(d)); s.write('x')`
  // Not by its path: the clone may be in a folder that is closed to others.
  const child = spawn('/proc/self/exe', ['-e', ask], { uid: 65_534, gid: 65_534, stdio: ['ignore', 'pipe', 'ignore'] })
  let answer = ''
  child.stdout.on('data', (data: Buffer) => (answer += data.toString()))
  await new Promise((resolve) => child.once('close', resolve))
  expect(answer).toBe('')
  expect(lines).toEqual(['user 65534 may not ask for logins'])
})

test.skipIf(!root)('[needs root] a second service does not take the place of one that works', async () => {
  const { path } = await start('required pam_permit.so', 'exit 0')
  await expect(listenForLogins({ path, server: { uid: 0, gid: 0 }, helper: ['true'], log: () => {} })).rejects.toThrow(
    /Another login service/,
  )
})
