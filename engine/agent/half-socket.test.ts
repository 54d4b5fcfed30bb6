import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withLock } from '../lib/lock.ts'
import { connectToHalf } from './half-connection.ts'
import { type HalfSocket, listenAsHalf } from './half-socket.ts'

let runRoot: string
let folder: string
const halves: HalfSocket[] = []
const taken: Socket[] = []

beforeEach(() => {
  runRoot = mkdtempSync(join(tmpdir(), 'berth-half-'))
  folder = join(runRoot, 'agents')
})
afterEach(async () => {
  for (const socket of taken.splice(0)) socket.destroy()
  await Promise.all(halves.splice(0).map((half) => half.close()))
  rmSync(runRoot, { recursive: true, force: true })
})

async function listen(): Promise<HalfSocket> {
  const half = await listenAsHalf(runRoot, (socket) => {
    taken.push(socket)
    socket.on('error', () => {})
    socket.on('data', (data) => socket.write(data))
    socket.once('end', () => socket.end())
  })
  halves.push(half)
  return half
}

/** A socket whose process was killed: bound, and nobody listens on it any more. */
async function leave(path: string): Promise<void> {
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
  const child = spawn(process.execPath, ['-e', script], { stdio: 'ignore' })
  await new Promise((resolve) => child.once('exit', resolve))
  expect(statSync(path).isSocket()).toBe(true)
}

/** What comes back on a connection that says `ping`; nothing where it is closed. */
async function ask(path: string): Promise<string | undefined> {
  const socket = await connectToHalf(path)
  if (socket === undefined) return undefined
  taken.push(socket)
  socket.end('ping')
  let text = ''
  for await (const data of socket) text += String(data)
  return text
}

test('several listen side by side, each on a path of its own that is its user’s alone', async () => {
  const halves = await Promise.all([listen(), listen(), listen()])
  expect(new Set(halves.map(({ path }) => path)).size).toBe(3)
  for (const { path } of halves) {
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(await ask(path)).toBe('ping')
  }
  expect(statSync(folder).mode & 0o777).toBe(0o700)
})

test('closing removes the socket, and a connection to it then is none', async () => {
  const half = await listen()
  await half.close()
  expect(readdirSync(folder)).toEqual([])
  expect(await connectToHalf(half.path)).toBeUndefined()
})

test('the next start removes what killed processes left, and only that', async () => {
  const live = await listen()
  await leave(join(folder, 'aaaaaaaaaaaa.sock'))
  // Killed before the socket had its name.
  await leave(join(folder, '.bbbbbbbbbbbb'))
  const other: Server = createServer((socket) => socket.end())
  await new Promise<void>((resolve) => other.listen(join(folder, 'other.sock'), resolve))
  writeFileSync(join(folder, 'file.sock'), '')
  await leave(join(runRoot, 'elsewhere.sock'))
  symlinkSync(join(runRoot, 'elsewhere.sock'), join(folder, 'link.sock'))
  mkdirSync(join(folder, 'folder.sock'))
  const next = await listen()
  const names = [live, next].map(({ path }) => path.slice(folder.length + 1))
  expect(readdirSync(folder).sort()).toEqual(['file.sock', 'folder.sock', 'link.sock', 'other.sock', ...names].sort())
  expect(readdirSync(runRoot)).toContain('elsewhere.sock')
  expect(await ask(live.path)).toBe('ping')
  await new Promise((resolve) => other.close(resolve))
})

test('many that start at once remove nothing of each other', async () => {
  mkdirSync(folder)
  await leave(join(folder, 'aaaaaaaaaaaa.sock'))
  const many = await Promise.all(Array.from({ length: 20 }, listen))
  expect(await Promise.all(many.map(({ path }) => ask(path)))).toEqual(many.map(() => 'ping'))
  expect(readdirSync(folder).length).toBe(20)
})

test('none looks for what is left while another is about to listen', async () => {
  const order: string[] = []
  const half = await withLock(join(runRoot, 'agents.lock'), async () => {
    const path = join(folder, 'aaaaaaaaaaaa.sock')
    mkdirSync(folder)
    await leave(path)
    const next = listen().finally(() => order.push('next'))
    await leave(join(folder, 'bbbbbbbbbbbb.sock'))
    order.push('ready')
    // Not awaited here: it waits for us.
    return { next }
  })
  await half.next
  expect(order).toEqual(['ready', 'next'])
  expect(readdirSync(folder).length).toBe(1)
})

const other = 987_654

/** Runs a line of Node as somebody else; resolves with what it printed. */
async function asOther(script: string): Promise<string> {
  const child = spawn(process.execPath, ['-e', script], { uid: other, gid: other, stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  for await (const data of child.stdout) text += String(data)
  return text
}

test.skipIf(process.getuid?.() !== 0)(
  '[needs root] connections of other users are rejected, however they got there',
  async () => {
    const half = await listen()
    for (const path of [runRoot, folder]) chmodSync(path, 0o755)
    chmodSync(half.path, 0o666)
    const script = `const socket = require('net').connect(${JSON.stringify(half.path)}, () => { console.log('connected'); socket.write('ping') })
    socket.on('data', (data) => console.log('answer')).on('error', () => {}).on('close', () => console.log('closed'))`
    expect(await asOther(script)).toBe('connected\nclosed\n')
    expect(taken).toEqual([])
    expect(await ask(half.path)).toBe('ping')
  },
)

test.skipIf(process.getuid?.() !== 0)('[needs root] nothing is said to another user who listens in its place', async () => {
  const path = join(runRoot, 'false.sock')
  chmodSync(runRoot, 0o777)
  const script = `require('net').createServer((s) => s.on('data', () => console.log('heard')).on('end', () => process.exit()))
    .listen(${JSON.stringify(path)}, () => require('fs').chmodSync(${JSON.stringify(path)}, 0o666))`
  const heard = asOther(script)
  await expect.poll(() => statSync(path, { throwIfNoEntry: false })?.mode).toBe(0o140666)
  await expect(connectToHalf(path)).rejects.toMatchObject({ code: 'AccessDenied' })
  expect(await heard).toBe('')
})
