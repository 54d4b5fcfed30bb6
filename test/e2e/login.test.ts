import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Answer, type LoginConsole, processesWith, readOf, startLoginConsole } from '../support/login-console.ts'
import { eventually, run } from '../support/processes.ts'

/** Numbers that no account of the machine has. */
const [victim, zeros, leading, wrapped] = [64_100, 64_101, 64_102, 64_103]
const numbers = [
  { name: '00', uid: zeros },
  { name: `0${victim}`, uid: leading },
  { name: String(2 ** 32 + victim), uid: wrapped },
]
const folder = join(inject('stage').folder, 'shells')
const menu = join(folder, 'menu')
const closed = [
  { name: 'gitter', uid: 64_110, shell: '/usr/bin/git-shell' },
  { name: 'menuer', uid: 64_111, shell: menu },
  { name: 'syncer', uid: 64_112, shell: '/bin/sync' },
  { name: 'nolog', uid: 64_113, shell: '/usr/sbin/nologin' },
  // In the list of shells, but not on the disk.
  { name: 'missing', uid: 64_114, shell: '/usr/bin/missing-shell' },
  { name: 'gone', uid: 64_115, shell: '/bin/sync', expires: 1 },
]
const wrong = { status: 401, body: JSON.stringify({ problem: 'authentication-failed', message: 'Wrong user name or password.' }) }

let console_: LoginConsole

beforeAll(async () => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(menu, '#!/bin/sh\necho 1. Play\n', { mode: 0o755 })
  console_ = await startLoginConsole('logins', {
    accounts: [
      { name: 'victim', uid: victim },
      ...numbers,
      ...closed,
      { name: 'blank', uid: 64_120, password: '' },
      { name: 'expired', uid: 64_121, expires: 1 },
      { name: 'stale', uid: 64_122, changed: 0 },
    ],
    shells: ['/usr/bin/missing-shell', '/usr/sbin/nologin'],
    env: { TEST_ROOT_PASSWORD: 'harbour master' },
  })
})

afterAll(() => console_?.stop())

/** The response to a login attempt; the time is looked at by itself. */
const told = ({ status, body }: Answer) => ({ status, body })

/** The one agent of an account. */
const agentOf = (name: string): Promise<number> =>
  eventually(`an agent of ${name}`, () => processesWith('lib/agent.js agent', `\0LOGNAME=${name}\0`)[0])

describe('accounts', () => {
  test.each(numbers)('the account $name becomes itself and nobody else', async ({ name, uid }) => {
    expect((await console_.logIn(name, name)).status).toBe(200)
    const status = readOf(await agentOf(name), 'status')
    expect(/^Uid:\s+(.*)$/m.exec(status)?.[1]).toBe([uid, uid, uid, uid].join('\t'))
    expect(/^Gid:\s+(.*)$/m.exec(status)?.[1]).toBe([uid, uid, uid, uid].join('\t'))
    expect(/^Groups:\s+(.*?) *$/m.exec(status)?.[1]).toBe(String(uid))
    expect([...status.matchAll(/^Cap(Inh|Prm|Eff|Amb):\s+0+$/gm)]).toHaveLength(4)
  })

  test('a number that is no name is nobody', async () => {
    expect(told(await console_.logIn(String(victim), 'victim'))).toEqual(wrong)
  })

  test('the server runs as its own account, without rights', () => {
    const [server] = processesWith('lib/agent.js server')
    const status = readOf(server!, 'status')
    const [, uid] = /^Uid:\s+(\d+)\s+\1\s+\1\s+\1$/m.exec(status) ?? []
    expect(Number(uid)).toBeGreaterThan(0)
    expect([...status.matchAll(/^Cap(Inh|Prm|Eff|Bnd|Amb):\s+0+$/gm)]).toHaveLength(5)
    expect(status).toContain('NoNewPrivs:\t1\n')
  })
})

describe('shells', () => {
  test('the right password of an account without a login shell is treated as a wrong one, in message and timing', async () => {
    const wrongPassword = await console_.logIn('victim', 'not this')
    const unknown = await console_.logIn('no-such-account', 'x')
    const answers = await Promise.all(closed.map(({ name }) => console_.logIn(name, name)))
    expect([wrongPassword, unknown, ...answers].map(told)).toEqual(Array.from({ length: 2 + closed.length }, () => wrong))
    const times = [wrongPassword, unknown, ...answers].map(({ time }) => time)
    // PAM's own delay after a failure is from 1 to 3 s; all wait for it, and then until 3 s have passed.
    expect(Math.min(...times)).toBeGreaterThan(2_950)
  }, 90_000)

  test('the log says why, for the administrator', async () => {
    await eventually('a line', () => console_.service.output().includes('login of menuer from 127.0.0.1 is refused: its shell'))
  })

  test('a closed account whose password was right is told so, as before', async () => {
    expect(await console_.logIn('expired', 'expired')).toMatchObject({
      status: 403,
      body: expect.stringMatching(/may not log in/),
    })
    expect(told(await console_.logIn('expired', 'not this'))).toEqual(wrong)
  })

  test('a password that has to be changed is asked for, as before', async () => {
    expect(await console_.logIn('stale', 'stale')).toMatchObject({ status: 401, body: expect.stringMatching(/One more answer/) })
  })
})

describe('passwords', () => {
  test('an account without one is closed, whatever PAM’s nullok says', async () => {
    for (const password of ['', 'x']) expect(told(await console_.logIn('blank', password))).toEqual(wrong)
  })

  test('root logs in from this host', async () => {
    expect((await console_.logIn('root', 'harbour master')).status).toBe(200)
  })
})

describe('root from elsewhere', () => {
  const elsewhere = '192.0.2.1'
  // In a network of its own, where this host has an address that is not its loopback.
  const network = ['unshare', '--net', 'sh', '-c', `ip link set lo up; ip addr add ${elsewhere}/32 dev lo; exec "$@"`, 'sh']

  /** A login from within the console's network. */
  async function logInThere(started: LoginConsole, user: string, password: string) {
    const url = /https:\/\/\S+:\d+/.exec(started.service.output())?.[0] ?? ''
    const words = ['-sk', '-o', '/dev/null', '-w', '%{http_code}', '-u', `${user}:${password}`, `${url}/cockpit/login`]
    return (await run('nsenter', ['-n', '-t', String(started.service.child.pid), 'curl', ...words])).stdout
  }

  test.each([
    [[], '401'],
    [['--permit-root-login', 'yes'], '200'],
    [['--permit-root-login', 'no'], '401'],
  ])('with %j root is answered %s, others 200', async (args, expected) => {
    const started = await startLoginConsole(`elsewhere-${args.at(-1) ?? 'default'}`, {
      accounts: [{ name: 'visitor', uid: 64_130 }],
      args,
      address: elsewhere,
      before: network,
      env: { TEST_ROOT_PASSWORD: 'harbour master' },
    })
    try {
      expect(await logInThere(started, 'root', 'harbour master')).toBe(expected)
      expect(await logInThere(started, 'visitor', 'visitor')).toBe('200')
    } finally {
      await started.stop()
    }
  })

  test('an unknown word is refused', async () => {
    const berth = join(inject('stage').dist, 'bin/berth')
    const result = await run(berth, ['console', '--permit-root-login', 'maybe'])
    expect(result).toMatchObject({ code: 125, stderr: expect.stringMatching(/yes.*loopback.*no/) })
  })

  test('a console of one’s own has no root to let in', async () => {
    const berth = join(inject('stage').dist, 'bin/berth')
    const result = await run('setpriv', [
      '--reuid',
      '64140',
      '--regid',
      '64140',
      '--clear-groups',
      berth,
      'console',
      '--permit-root-login',
      'no',
    ])
    expect(result).toMatchObject({ code: 125, stderr: expect.stringMatching(/asks nobody for a password/) })
  })
})
