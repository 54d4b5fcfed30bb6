import { statSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Berth, berthAs, clear, pullImages } from '../support/berth.ts'
import { run } from '../support/processes.ts'
import { become } from '../support/users.ts'

const { images } = inject('stage')

/** A command as one user, outside of the engine. */
async function as(berth: Berth, ...command: string[]) {
  const [program, ...args] = [...become(berth.user), ...command]
  return await run(program!, args, { env: { PATH: '/usr/bin:/bin' } })
}

describe('each in their own', () => {
  const [root, alice, bob] = ['root', 'alice', 'bob'].map(berthAs) as [Berth, Berth, Berth]
  const everybody = [root, alice, bob]

  beforeAll(async () => {
    for (const berth of everybody) {
      await pullImages(berth, images.busybox)
      await berth('run', '-d', '--name', 'same-name', '--label', `of=${berth.user.name}`, images.busybox, 'sleep', '1000')
    }
  })
  afterAll(async () => {
    for (const berth of everybody) await clear(berth)
  })

  test('one name, three containers, each sees one', async () => {
    for (const berth of everybody) {
      const rows = await berth.json('ps', '-a', '--format', 'json')
      expect(rows).toHaveLength(1)
      expect(rows[0].Labels).toEqual({ of: berth.user.name })
    }
  })

  test("another's container is unknown by its id", async () => {
    const id = await bob('ps', '-q', '--no-trunc')
    for (const other of [root, alice])
      expect((await other.try(['rm', '-f', id])).stderr + (await other.try(['inspect', id])).stderr).toContain(id)
    expect(await bob('ps', '-q', '--no-trunc')).toBe(id)
  })

  test('processes run with ids that nobody else has', async () => {
    const uids = await Promise.all(
      everybody.map(async (berth) => statSync(`/proc/${(await berth.json('inspect', 'same-name'))[0].State.Pid}`).uid),
    )
    expect(uids).toEqual(everybody.map((berth) => berth.user.uid))
  })

  test('stores and run state are closed to others', async () => {
    for (const [owner, other] of [
      [alice, bob],
      [bob, alice],
      [root, alice],
    ] as const) {
      for (const folder of [owner.store, owner.run]) {
        expect((await as(other, 'ls', folder)).code, `${other.user.name} lists ${folder}`).not.toBe(0)
        expect((await as(other, 'touch', `${folder}/x`)).code).not.toBe(0)
      }
    }
  })

  test("another's processes cannot be signalled or looked into", async () => {
    const pid = String((await bob.json('inspect', 'same-name'))[0].State.Pid)
    expect((await as(alice, 'kill', '-0', pid)).code).not.toBe(0)
    expect((await as(alice, 'ls', `/proc/${pid}/root/`)).code).not.toBe(0)
    expect((await as(alice, 'nsenter', '-t', pid, '-m', 'true')).code).not.toBe(0)
  })

  test("root of a user's container is that user outside", async () => {
    const text = await alice(
      'run',
      '--rm',
      '-v',
      '/etc:/host',
      images.busybox,
      'sh',
      '-c',
      'id -u; touch /host/berth-was-here 2>&1; cat /host/shadow 2>&1; true',
    )
    expect(text).toMatch(/^0\n/)
    expect(text).toMatch(/berth-was-here: (Permission denied|Read-only)/)
    expect(text).toMatch(/shadow.*Permission denied/)
  })
})
