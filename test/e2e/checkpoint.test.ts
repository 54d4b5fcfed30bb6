import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { berthAs, clear, pullImages } from './berth.ts'
import { eventually } from './processes.ts'

const stage = inject('stage')
const { images } = stage

/** A program whose memory counts, so that a restored one is told from a new one. */
const counter = ['sh', '-c', 'i=0; while :; do i=$((i + 1)); echo $i >/count; sleep 0.05; done']

describe('checkpoints of root', () => {
  const berth = berthAs('root')
  const count = async (name: string) => Number(await berth('exec', name, 'cat', '/count'))
  const status = async (name: string) => (await berth.json('inspect', name))[0].State.Status

  beforeAll(() => pullImages(berth, images.busybox))
  afterEach(() => clear(berth, false))
  afterAll(() => clear(berth))

  test('stop in the middle, and go on from there', async () => {
    await berth('run', '-d', '--name', 'counter', images.busybox, ...counter)
    await eventually('a count of 20', async () => (await count('counter')) > 20)
    await berth('container', 'checkpoint', 'counter')
    expect(await status('counter')).toBe('exited')
    await berth('container', 'restore', 'counter')
    expect(await status('counter')).toBe('running')
    const after = await count('counter')
    expect(after).toBeGreaterThan(20)
    await eventually('it counts on', async () => (await count('counter')) > after)
  })

  test('--leave-running does', async () => {
    await berth('run', '-d', '--name', 'both', images.busybox, ...counter)
    await berth('container', 'checkpoint', '--leave-running', 'both')
    expect(await status('both')).toBe('running')
  })

  test('export, remove, import: the same program under another name', async () => {
    const archive = join(stage.folder, 'checkpoint.tar.zst')
    await berth('run', '-d', '--name', 'traveller', images.busybox, ...counter)
    await eventually('a count of 20', async () => (await count('traveller')) > 20)
    await berth('container', 'checkpoint', '--export', archive, 'traveller')
    expect(statSync(archive).size).toBeGreaterThan(1000)
    expect(statSync(archive).mode & 0o077).toBe(0)
    await berth('rm', '-f', 'traveller')
    await berth('container', 'restore', '--import', archive, '--name', 'arrived')
    expect(await status('arrived')).toBe('running')
    expect(await count('arrived')).toBeGreaterThan(20)
  })

  test('what cannot be restored is said', async () => {
    const id = await berth('create', '--name', 'never', images.busybox, 'true')
    const failed = await berth.try(['container', 'checkpoint', 'never'])
    expect(failed.code).toBe(125)
    expect(failed.stderr).toMatch(new RegExp(`never|${id}`))
    const archive = join(stage.folder, 'registries.conf')
    const nonsense = await berth.try(['container', 'restore', '--import', archive])
    expect(nonsense.code).toBe(125)
    expect(nonsense.stderr).toContain(archive)
    expect(await berth('ps', '-aq')).not.toBe('')
  })
})

describe('checkpoints of an ordinary user', () => {
  const berth = berthAs('alice')
  beforeAll(() => pullImages(berth, images.busybox))
  afterAll(() => clear(berth))

  test('are refused in words, and the container runs on', async () => {
    await berth('run', '-d', '--name', 'steady', images.busybox, ...counter)
    const refused = await berth.try(['container', 'checkpoint', 'steady'])
    expect(refused.code).toBe(125)
    expect(refused.stderr).toMatch(/root/)
    expect((await berth.json('inspect', 'steady'))[0].State.Status).toBe('running')
    expect(existsSync(join(berth.run, 'steady'))).toBe(false)
  })
})
