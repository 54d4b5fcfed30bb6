import { chownSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { berthAs, clear, everyone, pullImages } from '../support/berth.ts'

const { images } = inject('stage')

describe.each(everyone)('volumes as %s', (name) => {
  const berth = berthAs(name)
  beforeAll(async () => {
    await pullImages(berth, images.busybox, images.layers)
    // The store may be one that other files used before.
    await berth('system', 'prune', '-f', '--volumes')
  })
  afterEach(async () => {
    await berth.try(['rm', '-a', '-f', '-v', '-t', '0'])
    await berth('system', 'prune', '-f', '--volumes')
    if (folders().length > 0) throw new Error(`Volumes are left: ${folders().join(', ')}.`)
  })
  afterAll(() => clear(berth))

  const folder = (...path: string[]) => join(berth.store, 'volumes', ...path)
  const folders = () => (existsSync(folder()) ? readdirSync(folder()).filter((each) => each !== '.staging') : [])
  const create = (...args: string[]) => berth('create', '--network', 'none', ...args)
  const sh = (mount: string, script: string) =>
    berth('run', '--rm', '--network', 'none', '-v', mount, images.busybox, 'sh', '-c', script)

  test('anonymous ones are removed with rm -v, run --rm and rm -a -v, and stay with rm; those with a name stay', async () => {
    const both = ['-v', '/anonymous', '-v', 'kept:/kept', images.busybox, 'true']
    await berth('rm', '-v', await create(...both))
    await berth('run', '--rm', '--network', 'none', ...both)
    expect(folders()).toEqual(['kept'])
    await berth('rm', await create(...both))
    expect(folders()).toHaveLength(2)
    expect(await berth('system', 'check')).toBe('')
  })

  test('runs beside prunes have their volumes, and prunes leave nothing of any', async () => {
    const one = async (index: number) => {
      const label = ['--label', 'keep=yes', '--network', 'none', '-v', `v${index % 2}:/v`]
      return berth('run', '--rm', ...label, images.busybox, 'sh', '-c', `echo ${index} >/v/${index} && cat /v/${index}`)
    }
    const prune = () => berth('system', 'prune', '-f', '--volumes', '--filter', 'label!=keep=yes')
    const [texts] = await Promise.all([Promise.all([0, 1, 2, 3, 4, 5].map(one)), Promise.all([0, 1, 2, 3].map(prune))])
    expect(texts).toEqual(['0', '1', '2', '3', '4', '5'])
    await prune()
    expect(folders()).toEqual([])
    expect(readdirSync(folder('.staging'))).toEqual([])
    expect(await berth('system', 'check')).toBe('')
  })

  test('a new volume of the name of one that was pruned is filled from the image', async () => {
    const fill = () => berth('run', '--rm', '--network', 'none', '-v', 'v:/data', images.layers, 'cat', '/data/kept')
    expect(await fill()).toBe('kept')
    await sh('v:/v', 'echo other >/v/kept')
    expect(await fill()).toBe('other')
    expect(await berth('system', 'prune', '-f', '--volumes')).toContain('Deleted Volumes\nv\n')
    expect(await fill()).toBe('kept')
  })

  test('files that are gone are told at the start, and created again by check --repair', async () => {
    const container = await create('-v', 'v:/v', images.busybox, 'ls', '/v')
    rmSync(folder('v'), { recursive: true })
    const started = await berth.try(['start', container])
    expect(started).toMatchObject({ code: 125, stderr: expect.stringMatching(/volume "v" are missing.*system check --repair/) })
    const found = await berth.try(['system', 'check', '--quick'])
    expect(found).toMatchObject({
      code: 125,
      stdout: 'Damaged volume v:\n1 error occurred:\n\t* volume v: its files are missing, and containers mount it\n\n',
    })
    expect(await berth('system', 'check', '--repair')).toMatch(/^Repaired: Volume v, whose files were missing, was created again/)
    expect(await berth('start', '-a', container)).toBe('')
  })

  test('files without a record are found, and kept', async () => {
    await sh('first:/v', 'true')
    const lost = folder('lost', '_data')
    mkdirSync(lost, { recursive: true })
    writeFileSync(join(lost, 'file'), 'kept\n')
    if (!berth.root) for (const path of [dirname(lost), lost, join(lost, 'file')]) chownSync(path, berth.user.uid, berth.user.gid)
    expect(await berth.try(['system', 'check', '--quick'])).toMatchObject({
      code: 125,
      stdout: expect.stringContaining('* volume lost: its files are there, but no record of it\n'),
    })
    expect(await berth('system', 'check', '--repair')).toBe(
      'Repaired: Volume lost, whose files were there without a record of it, was recorded again.',
    )
    expect(await sh('lost:/v', 'cat /v/file')).toBe('kept')
  })
})
