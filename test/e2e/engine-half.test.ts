import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { type Agent, halfOf, startAgent } from '../support/agent.ts'
import { type Berth, berthAs, clear } from '../support/berth.ts'
import { end, eventually, run } from '../support/processes.ts'
import { become, pids } from '../support/users.ts'

// The engine half of an agent: where it listens, for whom, and what is left when it or its agent ends.

const alice = berthAs('alice')
const agents: Agent[] = []

afterEach(async () => {
  for (const { child } of agents) child.stdin?.end()
  await Promise.all(agents.splice(0).map(({ ended }) => ended))
  const left = sockets(alice)
  if (left.length > 0) throw new Error(`Sockets were left: ${left.join(', ')}`)
})
afterAll(() => clear(alice))

const folderOf = ({ user }: Berth): string => join(user.runtime, 'berth/agents')

/** The sockets of a user's engine halves. */
function sockets(berth: Berth): string[] {
  const folder = folderOf(berth)
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
}

/** S_IFSOCK of inode(7), and rw for its owner. */
const socketOf600 = 0o140600

const ping = '/libpod/_ping'

/** Starts an agent of alice's whose engine answers; with the socket and the process of its half. */
async function start(): Promise<{ agent: Agent; socket: string; half: number }> {
  const before = new Set(sockets(alice))
  const agent = startAgent(alice)
  agents.push(agent)
  expect(await agent.get(ping)).toEqual({ status: 200, body: 'OK' })
  const [socket] = sockets(alice).filter((each) => !before.has(each))
  return { agent, socket: socket!, half: halfOf(agent)! }
}

/** Asks on a socket with a program that knows nothing of us. */
async function curl(socket: string, as: string[] = become(alice.user)): Promise<string> {
  const [program, ...args] = [...as, 'curl', '-sS', '--max-time', '20', '--unix-socket', socket, `http://d${ping}`]
  const { stdout, stderr } = await run(program!, args, { env: { PATH: process.env.PATH! } })
  return stdout + stderr
}

const isThere = (pid: number): boolean => pids().includes(pid)

test('it listens on a socket that is its user’s alone and speaks HTTP there, beside a service of the user’s own', async () => {
  const own = join(alice.user.runtime, 'berth/berth.sock')
  const service = alice.start('system', 'service', '--time=0')
  try {
    await eventually('the service', () => existsSync(own))
    const [one, two] = [await start(), await start()]
    expect(one.socket).not.toBe(two.socket)
    for (const { socket } of [one, two]) {
      const { mode, uid } = statSync(socket)
      expect({ mode, uid }).toEqual({ mode: socketOf600, uid: alice.user.uid })
    }
    expect(statSync(folderOf(alice)).mode & 0o777).toBe(0o700)
    expect(await Promise.all([one.socket, two.socket, own].map((path) => curl(path)))).toEqual(['OK', 'OK', 'OK'])
    // One that ends takes nothing of the others.
    one.agent.child.stdin!.end()
    await one.agent.ended
    expect(sockets(alice)).toEqual([two.socket])
    expect([await two.agent.get(ping), await curl(own)]).toEqual([{ status: 200, body: 'OK' }, 'OK'])
  } finally {
    await end(service)
  }
})

test('it answers nobody who is another user: not bob, and root neither', async () => {
  const { agent, socket } = await start()
  expect(await curl(socket, become(berthAs('bob').user))).toMatch(/Permission denied|Couldn't connect|Could not connect/)
  // Root gets past every permission, and is refused by who they are.
  // The connection may have ended before curl has looked whether it was made.
  expect(await curl(socket, [])).toMatch(/Empty reply|reset by peer|Could not connect/)
  expect(sockets(alice)).toContain(socket)
  expect(await agent.get(ping)).toMatchObject({ status: 200 })
})

test('a half that was killed is started again, and nothing of it stays', async () => {
  const { agent, socket, half } = await start()
  const answer = agent.get('/libpod/events?stream=true').catch((error: Error) => error.message)
  await eventually('the request', () => agent.controls.filter(({ command }) => command === 'response').length === 2)
  process.kill(half, 'SIGKILL')
  expect(await answer).toMatch(/^disconnected: /)
  await eventually('the end of the half', () => !isThere(half))
  expect(await agent.get(ping)).toMatchObject({ status: 200 })
  expect(sockets(alice)).not.toContain(socket)
  expect(sockets(alice).length).toBe(1)
  expect(halfOf(agent)).not.toBe(half)
})

test('a half that was killed leaves nothing to an agent that does not need it again', async () => {
  const { half } = await start()
  process.kill(half, 'SIGKILL')
  await eventually('the end of its socket', () => sockets(alice).length === 0)
})

test('a half whose socket somebody removed is started again', async () => {
  const { agent, socket, half } = await start()
  rmSync(socket)
  expect(await Promise.all([agent.get(ping), agent.get(ping)])).toMatchObject([{ status: 200 }, { status: 200 }])
  expect(halfOf(agent)).not.toBe(half)
  expect(isThere(half)).toBe(false)
})

test('it ends with an agent that was killed, and takes its socket with it', async () => {
  const { agent, half } = await start()
  agent.child.kill('SIGKILL')
  await eventually('the end of the half', () => !isThere(half))
  expect(sockets(alice)).toEqual([])
})

test('what both leave when they are killed, the next start removes, and only that', async () => {
  const other = await start()
  const { agent, socket, half } = await start()
  for (const pid of [half, agent.child.pid!]) process.kill(pid, 'SIGKILL')
  await eventually('the end of both', () => !isThere(half))
  expect(sockets(alice).sort()).toEqual([other.socket, socket].sort())
  const next = await start()
  expect(sockets(alice).sort()).toEqual([other.socket, next.socket].sort())
  expect(await Promise.all([other.agent.get(ping), next.agent.get(ping)])).toMatchObject([{ status: 200 }, { status: 200 }])
})

test('a thousand requests that wait for a half that is held up are all answered', async () => {
  const { agent, half } = await start()
  process.kill(half, 'SIGSTOP')
  const asked = Array.from({ length: 1000 }, () => agent.get(ping))
  // As many as the kernel lets wait; the others are tried again.
  await eventually('the connections', () => openConnections(agent) > 512)
  process.kill(half, 'SIGCONT')
  expect(new Set((await Promise.all(asked)).map(({ status }) => status))).toEqual(new Set([200]))
})

function openConnections({ child }: Agent): number {
  return readdirSync(`/proc/${child.pid}/fd`).length
}
