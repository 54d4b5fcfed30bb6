import { chownSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { berthAs } from '../support/berth.ts'
import { run } from '../support/processes.ts'

const { folder, images } = inject('stage')
const alice = berthAs('alice')
const { uid, gid } = alice.user
const taken = `/tmp/berth-run-${uid}`
const home = join(folder, 'homeless')

/** `berth` of a session that has no runtime directory: no variable, and nothing in /run/user. */
function berth(...args: string[]) {
  const { argv, env } = alice.command(...args)
  const { XDG_RUNTIME_DIR: _, ...rest } = env
  const hide = ['--mount', 'sh', '-c', 'mount -t tmpfs tmpfs /run/user && exec "$@"', 'sh']
  return run('unshare', [...hide, ...argv], { env: { ...rest, HOME: home, XDG_DATA_HOME: join(home, 'data') } })
}

const noted = (): string[] => readdirSync('/tmp').filter((name) => name.startsWith(`berth-run-${uid}.`))

/** Ends the process that holds the namespace, and removes its folder. */
function endPause(name: string): void {
  process.kill(Number(readFileSync(join('/tmp', name, 'berth/pause'), 'latin1').split(' ')[0]), 'SIGKILL')
  rmSync(join('/tmp', name), { recursive: true, force: true })
}

beforeAll(() => {
  mkdirSync(home, { mode: 0o700 })
  chownSync(home, uid, gid)
  // Somebody else was there first.
  mkdirSync(taken, { mode: 0o777 })
  chownSync(taken, 65_534, 65_534)
})

afterAll(async () => {
  await berth('rm', '-f', 'kept')
  for (const name of noted()) endPause(name)
  rmSync(taken, { recursive: true, force: true })
})

test('a folder in /tmp that somebody else made denies nobody their containers', async () => {
  expect(await berth('run', '-d', '--name', 'kept', images.busybox, 'sleep', '600')).toMatchObject({ code: 0 })
  const [name, ...others] = noted()
  expect(others).toEqual([])
  expect(statSync(join('/tmp', name!))).toMatchObject({ uid, mode: expect.toSatisfy((mode: number) => (mode & 0o777) === 0o700) })
  expect(readdirSync(taken)).toEqual([])
})

test('the next session finds them, also once the folder in /tmp is free', async () => {
  expect(await berth('ps', '--format', '{{.Names}} {{.State}}')).toMatchObject({ code: 0, stdout: 'kept running\n' })
  rmSync(taken, { recursive: true })
  expect(await berth('exec', 'kept', 'echo', 'here')).toMatchObject({ code: 0, stdout: 'here\n' })
  expect(noted()).toHaveLength(1)
})

test('a folder that was cleared away is created again', async () => {
  expect(await berth('rm', '-f', '-t', '0', 'kept')).toMatchObject({ code: 0 })
  endPause(noted()[0]!)
  mkdirSync(taken, { mode: 0o777 })
  chownSync(taken, 65_534, 65_534)
  expect(await berth('ps', '-q')).toMatchObject({ code: 0, stdout: '' })
  expect(noted()).toHaveLength(1)
})

test('without a home that can be written the error names the folder and the way out', async () => {
  const { argv, env } = alice.command('version')
  const { XDG_RUNTIME_DIR: _, ...rest } = env
  const hide = ['--mount', 'sh', '-c', 'mount -t tmpfs tmpfs /run/user && exec "$@"', 'sh']
  const result = await run('unshare', [...hide, ...argv], { env: { ...rest, HOME: '/proc' } })
  expect(result).toMatchObject({ code: 125, stderr: expect.stringContaining(`${taken} is not a folder of yours`) })
  expect(result.stderr).toMatch(/XDG_RUNTIME_DIR/)
})
