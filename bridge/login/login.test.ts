import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { type Control, encodeControl, encodeStdio, parseControl, splitMessage, StdioReader } from '../protocol/index.ts'
import { findAccount, listenForLogins, type LoginOptions } from './index.ts'

// PAM lets seconds pass after a failure, and each login is a process or two.
vi.setConfig({ testTimeout: 30_000 })

const root = process.getuid?.() === 0
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** A login service whose PAM service says what `auth` says, and whose agent is a shell command. */
async function start(
  auth: string,
  agent: string,
  server = { uid: 0, gid: 0 },
  more: Partial<LoginOptions> = {},
  environment = '',
) {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-login-'))
  chmodSync(folder, 0o755)
  const service = `berth-test-${process.pid}`
  const file = `/etc/pam.d/${service}`
  writeFileSync(
    file,
    `auth ${auth}\naccount required pam_permit.so\nsession required pam_permit.so\n${environment === '' ? '' : `session required pam_env.so conffile=${folder}/pam_env readenv=0\n`}`,
  )
  writeFileSync(join(folder, 'pam_env'), environment.replace(/=(.*)/, ' OVERRIDE=$1\n'))
  cleanups.push(() => {
    rmSync(file, { force: true })
    rmSync(folder, { recursive: true, force: true })
  })
  const program = join(folder, 'helper.ts')
  writeFileSync(
    program,
    `
    import { runLogin, switchUser } from '${join(import.meta.dirname, 'index.ts')}'
    import { openSync } from 'node:fs'
    import { libc } from '${join(import.meta.dirname, 'libc.ts')}'
    if (process.argv[2] === 'switch-user') switchUser(process.argv.slice(3))
    const { leak } = ${JSON.stringify(more)}
    if (leak) libc('dup2', 'int', 'int', 'int')(openSync('/etc/shadow'), leak)
    await runLogin({ ...${JSON.stringify(more)}, fd: 0, service: '${service}', switchUser: [process.execPath, process.argv[1], 'switch-user'], agent: ['/bin/sh', '-c', ${JSON.stringify(agent)}], log: (line) => console.error(line),
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

const login = (user: string, remote = '127.0.0.1'): [string, Control] => ['', { command: 'login', user, remote }]

/** The answer to a wrong password. */
const refused = [{ command: 'refused', problem: 'authentication-failed', message: 'Wrong user name or password.' }]

/** An account that is gone after the test; its password is its name. */
function makeAccount(name: string, ...options: string[]): void {
  spawnSync('useradd', ['--badname', '--no-create-home', ...options, name])
  cleanups.push(() => spawnSync('userdel', [name]))
  spawnSync('chpasswd', [], { input: `${name}:${name}` })
}

test('accounts are found by name, and a missing one is not-found', () => {
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

test.skipIf(!root)('[needs root] an account without a login shell gets the same answer as a wrong password', async () => {
  const { path, lines } = await start('required pam_permit.so', 'echo never')
  expect(await talk(path, [login('daemon'), ['secret', 'x']])).toEqual({ controls: refused, raw: '' })
  expect(lines).toEqual([])
})

test.skipIf(!root)(
  '[needs root] PAM is given the password of an account that may log in, and of a closed one a wrong one',
  async () => {
    const [open, closed] = [`bo${process.pid}`, `bc${process.pid}`]
    makeAccount(open, '--shell', '/bin/sh')
    makeAccount(closed, '--shell', '/usr/bin/sync')
    const folder = mkdtempSync(join(tmpdir(), 'bridge-password-'))
    cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
    const seen = join(folder, 'seen')
    writeFileSync(join(folder, 'note'), `#!/bin/sh\ntr '\\0' '\\n' >${seen}\n`, { mode: 0o755 })
    // What takes time after a wrong password is then the same: PAM's own, and what its modules count.
    const { path } = await start(
      `required pam_exec.so expose_authtok quiet ${folder}/note\nauth required pam_unix.so try_first_pass`,
      'echo in',
    )
    expect((await talk(path, [login(open), ['secret', open]])).raw).toBe('in\n')
    expect(readFileSync(seen, 'utf8').trim()).toBe(open)
    expect(await talk(path, [login(closed), ['secret', closed]])).toEqual({ controls: refused, raw: '' })
    expect(readFileSync(seen, 'utf8').trim()).toMatch(/^[\w-]{32}$/)
  },
)

test.skipIf(!root)('[needs root] an empty password is refused, even if the PAM service would accept it', async () => {
  const name = `be${process.pid}`
  makeAccount(name, '--shell', '/bin/sh')
  spawnSync('passwd', ['--delete', name])
  const { path } = await start('required pam_unix.so nullok', 'echo in')
  for (const password of ['', 'x']) expect((await talk(path, [login(name), ['secret', password]])).controls).toEqual(refused)
})

test.skipIf(!root)('[needs root] root logs in from this host alone, from everywhere, or not at all', async () => {
  const agent = 'echo in'
  const attempt = async (rootLogin: LoginOptions['rootLogin'], remote: string) => {
    const { path } = await start('required pam_permit.so', agent, undefined, rootLogin === undefined ? {} : { rootLogin })
    return (await talk(path, [login('root', remote), ['secret', 'x']])).controls[0]!.command
  }
  expect(await attempt(undefined, '::ffff:127.0.0.1')).toBe('agent')
  expect(await attempt(undefined, '192.0.2.1')).toBe('refused')
  expect(await attempt('yes', '192.0.2.1')).toBe('agent')
  expect(await attempt('no', '127.0.0.1')).toBe('refused')
})

test.skipIf(!root)('[needs root] an account is the one of its name, also when the name is a number', async () => {
  const other = `bo${process.pid}`
  makeAccount(other, '--shell', '/bin/sh')
  const { uid } = findAccount(other)
  const { path } = await start('required pam_permit.so', 'id -u; grep ^Groups: /proc/self/status')
  // What getent takes for root, for another account, and, past 32 bits, for another one again.
  for (const name of ['00', `0${uid}`, String(2 ** 32 + uid)]) {
    makeAccount(name, '--shell', '/bin/sh', '--groups', 'daemon')
    const own = findAccount(name)
    expect(own.uid).not.toBe(uid)
    const { raw } = await talk(path, [login(name), ['secret', 'x']])
    expect(raw).toMatch(new RegExp(`^${own.uid}\\nGroups:\\s+(1 ${own.gid}|${own.gid} 1) ?\\n$`))
  }
  expect(() => findAccount(String(uid))).toThrow('no such account')
})

test.skipIf(!root)('[needs root] the session’s environment does not reach processes that are still root', async () => {
  const name = `bp${process.pid}`
  makeAccount(name, '--shell', '/bin/sh')
  const trap = mkdtempSync(join(tmpdir(), 'bridge-trap-'))
  chmodSync(trap, 0o755)
  cleanups.push(() => rmSync(trap, { recursive: true, force: true }))
  for (const program of ['setpriv', 'sh', 'getent']) {
    writeFileSync(join(trap, program), `#!/bin/sh\nid -u >>${trap}/ran-by\nexec /bin/true\n`, { mode: 0o755 })
  }
  writeFileSync(join(trap, 'ran-by'), '')
  const { path } = await start('required pam_permit.so', 'echo "$PATH"', undefined, undefined, `PATH=${trap}`)
  expect((await talk(path, [login(name), ['secret', 'x']])).raw).toBe(`${trap}\n`)
  expect(readFileSync(join(trap, 'ran-by'), 'utf8')).toBe('')
})

test.skipIf(!root)('[needs root] a module that never answers is not waited for', async () => {
  const { path, lines } = await start('required pam_exec.so quiet /bin/sleep 6', 'echo never', undefined, { stepTime: 1 })
  const began = performance.now()
  expect((await talk(path, [login('root'), ['secret', 'x']])).controls).toEqual([])
  expect(performance.now() - began).toBeLessThan(4_000)
  await vi.waitFor(() => expect(lines).toEqual(['a login was ended: a step of it took too long']))
})

test.skipIf(!root)('[needs root] what a library left open does not reach the agent', async () => {
  const { path } = await start('required pam_permit.so', 'ls /proc/self/fd | tr "\\n" " "', undefined, { leak: 251 } as object)
  // The folder that ls reads is the fourth.
  expect((await talk(path, [login('root'), ['secret', 'x']])).raw).toBe('0 1 2 3 ')
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

test.skipIf(!root)(
  '[needs root] no process waits out the delay that PAM wants after a wrong password: the server does',
  async () => {
    const { path } = await start('optional pam_faildelay.so delay=8000000\nauth required pam_deny.so', 'true')
    const began = performance.now()
    const { controls } = await talk(path, [
      ['', { command: 'login', user: 'root', remote: '::1' }],
      ['secret', 'x'],
    ])
    expect(controls.at(-1)).toMatchObject({ command: 'refused', problem: 'authentication-failed' })
    expect(performance.now() - began).toBeLessThan(4000)
  },
)

test.skipIf(!root)('[needs root] unauthenticated logins are limited, and do not count against sessions', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-login-'))
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'login.sock')
  const lines: string[] = []
  const program = join(folder, 'helper.sh')
  // A login is right when its first line says so; it ends with its connection.
  writeFileSync(program, 'read -r line; [ "$line" = right ] && echo authenticated && echo session >&0; exec cat >/dev/null')
  const logins = await listenForLogins({
    path,
    server: { uid: 0, gid: 0 },
    helper: ['/bin/sh', program],
    log: (line) => lines.push(line),
  })
  const sockets: Socket[] = []
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy()
    await logins.close(2000)
  })
  const open = async (line: string): Promise<string> => {
    const socket = connect(path)
    sockets.push(socket)
    socket.on('error', () => {})
    socket.write(`${line}\n`)
    return new Promise((resolve) => {
      socket.once('data', () => resolve('session'))
      socket.once('close', () => resolve('dropped'))
    })
  }
  for (let count = 0; count < 40; count++) expect(await open('right')).toBe('session')
  let dropped = 0
  for (let count = 0; count < 40; count++) void open('wrong').then((end) => (dropped += end === 'dropped' ? 1 : 0))
  // Connections are taken in their order: when the last one is dropped, it is known of all before it whether they are.
  expect(await open('wrong')).toBe('dropped')
  await vi.waitFor(() => expect(dropped).toBe(8), 5000)
  expect(lines.filter((line) => line.includes('too many'))).toHaveLength(9)
})
