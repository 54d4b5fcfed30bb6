import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { readRecorder, recorderStatus } from '../../engine/usage/index.ts'
import { type Agent, startAgent } from '../support/agent.ts'
import { type Berth, berthAs, clear, pullImages } from '../support/berth.ts'
import { delegate, delegated, removeCgroups, unified } from '../support/cgroups.ts'
import { end, eventually, run } from '../support/processes.ts'

// The recorder of resource use: for everybody while nobody is logged in, and to each their own.

const { images, dist } = inject('stage')
const folder = join(inject('stage').folder, 'usage-rings')
const socket = '/run/berth-usage/usage.sock'
const [root, alice, bob] = [berthAs('root'), berthAs('alice'), berthAs('bob')]
let made: string[] = []
let recorder: ChildProcess

/** Runs the recorder as a user without any rights. */
function startRecorder(): ChildProcess {
  const words = ['--outside', '--entry=usage', '--host', '--folder', folder, '--socket', socket]
  return spawn(
    'setpriv',
    ['--reuid=65534', '--regid=65534', '--clear-groups', '--no-new-privs', join(dist, 'bin/berth'), ...words],
    {
      cwd: '/',
      stdio: 'ignore',
    },
  )
}

beforeAll(async () => {
  made = delegate(alice.user)
  for (const place of [folder, '/run/berth-usage']) {
    mkdirSync(place, { recursive: true })
    await run('chown', ['65534:65534', place])
  }
  await run('chmod', ['711', inject('stage').folder])
  recorder = startRecorder()
  await eventually('the recorder', () => recorderStatus(socket))
  for (const berth of [root, alice]) await pullImages(berth, images.busybox)
})

afterAll(async () => {
  for (const berth of [root, alice]) await clear(berth)
  await end(recorder)
  removeCgroups(made)
  for (const place of [folder, '/run/berth-usage']) rmSync(place, { recursive: true, force: true })
})

const busy = ['sh', '-c', 'while :; do :; done']

// oxlint-disable-next-line no-explicit-any -- tests look into whatever comes
type Answer = any

/** Requests to a user's engine, by an agent that lives as long as `work`. */
async function withAgent<T>(berth: Berth, work: (get: (path: string) => Promise<Answer>) => Promise<T>): Promise<T> {
  const agent: Agent = startAgent(berth)
  try {
    return await work(async (path) => {
      const { status, body } = await agent.get(path)
      expect(status, body).toBe(200)
      return JSON.parse(body)
    })
  } finally {
    agent.child.stdin!.end()
    await agent.ended
  }
}

const known = (line: (number | null)[]): number[] => line.filter((value) => value !== null)

describe.skipIf(!delegated(alice.user) && unified)('the host’s recorder', () => {
  test('records while nobody is logged in, and history survives recreation under the name', async () => {
    await alice('run', '-d', '--name', 'web', images.busybox, ...busy)
    const id = await alice('inspect', '--format', '{{.Id}}', 'web')
    await eventually('samples', async () => (await pointsOf(id)) >= 3, 30_000)
    await alice('rm', '-f', '-t', '0', 'web')
    await alice('run', '-d', '--name', 'web', images.busybox, 'sleep', '1000')
    await withAgent(alice, async (get) => {
      expect((await get('/libpod/usage/status')).recorder).toBe('host')
      const { cpu, memory, step } = await get('/libpod/containers/web/usage?seconds=120')
      expect(step).toBe(1)
      expect(known(cpu).some((value) => value > 20)).toBe(true)
      expect(Math.max(...known(memory))).toBeGreaterThan(0)
      await eventually('the new one', async () =>
        known((await get('/libpod/containers/web/usage?seconds=5')).cpu).some((value) => value < 5),
      )
      const { containers, total } = await get('/libpod/usage/history?seconds=120&total=true')
      expect(containers).toHaveLength(1)
      expect(known(total.cpu).some((value) => value > 20)).toBe(true)
    })
  })

  test('nobody reads what is another user’s, and root may', async () => {
    const [id] = (await alice('ps', '-q', '--no-trunc')).split('\n')
    const read = (as: Berth, owner?: number) => ask(as, { containers: [{ id, name: 'web' }], owner })
    expect(await read(bob)).not.toContain('"cpu":[0')
    expect(known(JSON.parse((await read(bob)).split('\n')[0]!).values.cpu)).toEqual([])
    expect(await read(bob, alice.user.uid)).toContain('Only root')
    expect(known(JSON.parse((await read(root, alice.user.uid)).split('\n')[0]!).values.cpu).length).toBeGreaterThan(0)
    const peek = await run('setpriv', [
      '--reuid',
      String(bob.user.uid),
      '--regid',
      String(bob.user.gid),
      '--clear-groups',
      'ls',
      `${folder}/${alice.user.uid}`,
    ])
    expect(peek.stderr).toContain('Permission denied')
  })

  test('what was recorded is written at its end', async () => {
    await root('run', '-d', '--name', 'last', images.busybox, ...busy)
    const id = await root('inspect', '--format', '{{.Id}}', 'last')
    await eventually(
      'a sample',
      async () => (await ask(root, { containers: [{ id, name: 'last' }] })).match(/"cpu":\[[^\]]*\d/) !== null,
      30_000,
    )
    await end(recorder)
    recorder = startRecorder()
    await eventually('the recorder', () => recorderStatus(socket))
    const [series] = await readRecorder(socket, {
      containers: [{ id, name: 'last' }],
      total: false,
      seconds: 60,
      points: 0,
      fields: ['cpu'],
    })
    expect(known(series!.values.cpu!).length).toBeGreaterThan(0)
  })
})

/** Points that the recorder has of one of alice's containers. */
async function pointsOf(id: string): Promise<number> {
  const [series] = await readRecorder(socket, {
    containers: [{ id, name: 'web' }],
    total: false,
    seconds: 60,
    points: 0,
    fields: ['cpu'],
    owner: alice.user.uid,
  })
  return known(series!.values.cpu!).length
}

/** What the socket answers a user, asked by a program that knows nothing of us. */
async function ask({ user }: Berth, read: object): Promise<string> {
  const line = JSON.stringify({ read: { total: false, seconds: 60, points: 0, fields: ['cpu'], ...read } })
  const script = `const s=require('net').connect('${socket}');s.write(process.argv[1]+'\\n');let t='';s.on('data',d=>{t+=d;if(/"(end|error)"/.test(t))s.destroy()});s.on('close',()=>console.log(t))`
  const identity = user.uid === 0 ? [] : ['setpriv', '--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups']
  const [program, ...args] = [...identity, join(dist, 'bin/node'), '-e', script, line]
  return (await run(program!, args)).stdout
}
