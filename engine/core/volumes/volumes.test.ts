import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { containerById, deleteContainer, updateState, updateVolume, volumeByName, volumeUsers } from '../../store/index.ts'
import { type LocalEngine, openEngine } from '../index.ts'
import { insertWithVolumes } from './make.ts'
import { fillVolumes, withVolumeLocks } from './use.ts'

let folder: string
let local: LocalEngine
let other: LocalEngine
const options = () => ({ root: path.join(folder, 'store'), runRoot: path.join(folder, 'run') })
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-volumes-'))
  mkdirSync(path.join(folder, 'rootfs/image/sub'), { recursive: true, mode: 0o750 })
  for (const name of ['one', 'two', 'sub/three']) writeFileSync(path.join(folder, 'rootfs/image', name), name)
  local = openEngine(options())
  other = openEngine(options())
})
afterEach(async () => {
  await local.close()
  await other.close()
  rmSync(folder, { recursive: true })
})

const data = (name: string, file = '') => path.join(folder, 'store/volumes', name, '_data', file)
const row = (name = 'data') => volumeByName(local.context.database, name)
const create = async (engine: LocalEngine, volume: string, name?: string): Promise<string> => {
  const volumes = [{ Name: volume, Dest: '/data' }]
  const body = {
    rootfs: path.join(folder, 'rootfs'),
    command: ['x'],
    netns: { nsmode: 'none' as const },
    volumes,
    ...(name ? { name } : {}),
  }
  return (await engine.engine['container.create']({ body })).Id
}
/** A container with a volume that has no name. @returns both names. */
const createAnonymous = async (): Promise<{ id: string; volume: string }> => {
  const body = { rootfs: path.join(folder, 'rootfs'), command: ['x'], volumes: [{ Dest: '/data' }] }
  const id = (await local.engine['container.create']({ body })).Id
  const volume = containerById(local.context.database, id)!.config.mounts.find((mount) => mount.volume)!.volume!
  return { id, volume }
}
const remove = (id: string, v = false) => local.engine['container.remove']({ name: id, v })
const prune = (engine = local) => engine.engine['system.prune']({ volumes: true })
const check = (repair = false) => local.engine['system.check']({ repair, quick: true })
const entries = (name: string) => (existsSync(name) ? readdirSync(name) : [])
/** All that is there of volumes, in the database and on disk. */
const everything = () => ({
  rows: local.context.database.all('SELECT name FROM volumes').map((each) => each['name']),
  folders: entries(path.join(folder, 'store/volumes')).filter((name) => name !== '.staging'),
  staging: entries(path.join(folder, 'store/volumes/.staging')),
  locks: entries(path.join(folder, 'run/locks')).filter((name) => name.startsWith('volume-')),
})
const nothing = { rows: [], folders: [], staging: [], locks: [] }

/** Does something whenever an engine lets go of a volume's lock, or before it asks for one. */
function atLock(
  engine: LocalEngine,
  { before, after }: { before?: () => Promise<unknown>; after?: () => Promise<unknown> },
): void {
  const context = engine.context as { lock: (typeof engine.context)['lock'] }
  const lock = context.lock
  context.lock = async (kind, id, work, lockOptions) => {
    if (kind === 'volume') await before?.()
    const result = await lock(kind, id, work, lockOptions)
    if (kind === 'volume') await after?.()
    return result
  }
}

describe('races', () => {
  test('what is created right after prune took the record away has its files', async () => {
    await remove(await create(local, 'data'))
    writeFileSync(data('data', 'old'), '')
    let made: string | undefined
    atLock(local, {
      after: async () => {
        made ??= await create(other, 'data')
      },
    })
    expect((await prune()).VolumePruneReports).toEqual([{ Id: 'data', Size: 0 }])
    expect(volumeUsers(local.context.database, 'data')).toEqual([made])
    expect(readdirSync(data('data'))).toEqual([])
    expect(row()?.config.needsCopyUp).toBe(true)
    expect(everything().staging).toEqual([])
  })

  test('what is created just before prune comes to it keeps its files', async () => {
    await remove(await create(local, 'data'))
    writeFileSync(data('data', 'old'), '')
    let made: string | undefined
    atLock(local, {
      before: async () => {
        made ??= await create(other, 'data')
      },
    })
    expect((await prune()).VolumePruneReports).toEqual([])
    expect(volumeUsers(local.context.database, 'data')).toEqual([made])
    expect(readdirSync(data('data'))).toEqual(['old'])
  })

  test('a filter is asked about the volume that is there by then', async () => {
    await remove(await create(local, 'data'))
    const until = new Date().toISOString()
    let again = false
    atLock(local, {
      before: async () => {
        if (again) return
        again = true
        await prune(other)
        await other.engine['container.remove']({ name: await create(other, 'data') })
      },
    })
    const filters = { until: [until] }
    expect((await local.engine['system.prune']({ volumes: true, filters })).VolumePruneReports).toEqual([])
    expect(row()).toBeDefined()
  })

  test.each(['before', 'after'] as const)(
    'an anonymous volume that another container takes %s its container is gone',
    async (when) => {
      const { id, volume } = await createAnonymous()
      writeFileSync(data(volume, 'old'), '')
      let made: string | undefined
      atLock(local, {
        [when]: async () => {
          made ??= await create(other, volume)
        },
      })
      await remove(id, true)
      expect(volumeUsers(local.context.database, volume)).toEqual([made])
      expect(readdirSync(data(volume))).toEqual(when === 'before' ? ['old'] : [])
      expect(row(volume)?.config.removing ?? false).toBe(false)
      expect(await check()).toMatchObject({ Errors: false })
    },
  )

  test('another process waits with prune until what is being created is there', async () => {
    await remove(await create(local, 'data'))
    writeFileSync(data('data', 'old'), '')
    const script = `
      const { openEngine } = await import(${JSON.stringify(path.join(import.meta.dirname, '../index.ts'))})
      const local = openEngine(${JSON.stringify(options())})
      const { lock } = local.context
      local.context.lock = (kind, ...more) => {
        if (kind === 'volume') process.stdout.write('waiting\\n')
        return lock(kind, ...more)
      }
      const { VolumePruneReports } = await local.engine['system.prune']({ volumes: true })
      process.stdout.write(JSON.stringify(VolumePruneReports) + '\\n')
      await local.close()`
    const said: string[] = []
    let pruning: Promise<unknown> | undefined
    const store = await local.context.volumes()
    await store.withSharedLock(['data'], async () => {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] })
      pruning = once(child, 'close')
      const lines = createInterface({ input: child.stdout })
      lines.on('line', (line) => said.push(line))
      await once(lines, 'line')
      // Shared, and so together with the one that is held.
      await create(other, 'data')
    })
    await pruning
    expect(said).toEqual(['waiting', '[]'])
    expect(readdirSync(data('data'))).toEqual(['old'])
  })

  test('prune beside creations, many times, in two engines: every volume in use has its files', async () => {
    const engines = [local, other]
    const one = async (index: number): Promise<void> => {
      const engine = engines[index % 2]!
      const id = await create(engine, `data${index % 3}`)
      for (const { volume } of containerById(engine.context.database, id)!.config.mounts)
        if (volume) expect(existsSync(data(volume))).toBe(true)
      await engine.engine['container.remove']({ name: id })
    }
    const prunes = Array.from({ length: 10 }, (_, index) => pruneOnlyVolumes(engines[(index + 1) % 2]!))
    await Promise.all([...Array.from({ length: 20 }, (_, index) => one(index)), ...prunes])
    await prune()
    expect(everything()).toEqual(nothing)
  })
})

async function pruneOnlyVolumes(engine: LocalEngine): Promise<void> {
  const { pruneVolumes } = await import('./prune.ts')
  await pruneVolumes(engine.context, {})
}

describe('creation', () => {
  test('one that fails leaves no volume, and none of another that is being made with it', async () => {
    await create(local, 'kept', 'taken')
    await expect(create(local, 'data', 'taken')).rejects.toMatchObject({ code: 'ContainerExists' })
    await expect(create(local, 'kept', 'taken')).rejects.toMatchObject({ code: 'ContainerExists' })
    expect(everything()).toMatchObject({ rows: ['kept'], folders: ['kept'], staging: [] })
  })

  test('the longest name', async () => {
    const longest = 'x'.repeat(255)
    await remove(await create(local, longest))
    await prune()
    expect(everything()).toEqual(nothing)
  })

  test('files without a record are taken over and not filled', async () => {
    mkdirSync(data('data'), { recursive: true })
    writeFileSync(data('data', 'own'), '')
    await create(local, 'data')
    expect(readdirSync(data('data'))).toEqual(['own'])
  })

  test('a volume whose removal was interrupted is created again', async () => {
    await remove(await create(local, 'data'))
    await local.context.database.transaction(() => updateVolume(local.context.database, 'data', { needsCopyUp: false }))
    rmSync(path.dirname(data('data')), { recursive: true })
    await create(local, 'data')
    expect(row()?.config).toMatchObject({ needsCopyUp: true })
    expect(existsSync(data('data'))).toBe(true)
  })
})

describe('filling', () => {
  const mount = { kind: 'volume' as const, destination: '/image', type: 'bind', options: [], volume: 'data' }
  const copyUp = (more: object = {}) =>
    fillVolumes(local.context, [{ ...mount, source: data('data'), ...more }], (place) => path.join(folder, 'rootfs', place), {
      owner: () => ({ uid: 0, gid: 0 }),
    })

  test("an empty volume gets the image's files and mode, once", async () => {
    await create(local, 'data')
    await copyUp()
    expect(readdirSync(data('data')).toSorted()).toEqual(['one', 'sub', 'two'])
    expect(readFileSync(data('data', 'sub/three'), 'utf8')).toBe('sub/three')
    expect(statSync(data('data', 'sub')).mode & 0o777).toBe(0o750)
    rmSync(data('data', 'one'))
    await copyUp()
    expect(existsSync(data('data', 'one'))).toBe(false)
    expect(everything().staging).toEqual([])
  })

  test('nocopy leaves it to a later mount; one that holds something is left as it is', async () => {
    await create(local, 'data')
    await copyUp({ noCopy: true })
    expect(row()?.config.needsCopyUp).toBe(true)
    writeFileSync(data('data', 'own'), '')
    await copyUp()
    expect(readdirSync(data('data'))).toEqual(['own'])
    expect(row()?.config.needsCopyUp).toBe(false)
  })

  test.skipIf(process.getuid?.() !== 0)(
    'a start holds a volume alone while it fills it, then with others until it runs',
    async () => {
      const id = await create(local, 'data')
      const held: string[] = []
      const context = local.context as { lock: (typeof local.context)['lock'] }
      const lock = context.lock
      context.lock = (kind, name, work, lockOptions) => {
        if (kind === 'volume') held.push(`${name}${lockOptions?.shared ? ' shared' : ''}`)
        return lock(kind, name, work, lockOptions)
      }
      // There is nothing to run in it.
      await expect(local.engine['container.start']({ name: id })).rejects.toMatchObject({ code: expect.stringMatching(/./) })
      expect(held).toEqual(['data', 'data shared'])
      await remove(id)
    },
  )

  test('a volume whose files are gone is told by name, and nothing runs on it', async () => {
    await create(local, 'data')
    rmSync(path.dirname(data('data')), { recursive: true })
    const told = { code: 'StoreCorrupt', message: expect.stringMatching(/volume "data" are missing.*check --repair/) }
    await expect(copyUp()).rejects.toMatchObject(told)
    const run = withVolumeLocks(local.context, [{ ...mount, source: data('data') }], () => Promise.reject(new Error('ran')))
    await expect(run).rejects.toMatchObject(told)
  })
})

/** States that a process leaves which is killed at some point, and what a repair makes of them. */
describe('what killed processes leave', () => {
  const broken: [string, string, () => Promise<string>, RegExp, object][] = [
    [
      'removal, before the files went',
      'its removal was interrupted',
      async () => {
        const { id, volume } = await createAnonymous()
        await local.context.database.transaction(() => {
          deleteContainer(local.context.database, id)
          updateVolume(local.context.database, volume, { removing: true })
        })
        return volume
      },
      /removal of volume .* was finished/,
      nothing,
    ],
    [
      'removal, before its record went',
      'its removal was interrupted',
      async () => {
        await remove(await create(local, 'data'))
        rmSync(path.dirname(data('data')), { recursive: true })
        return 'data'
      },
      /removal of volume data.* was finished/,
      nothing,
    ],
    [
      'files that were removed by hand',
      'its files are missing, and containers mount it',
      async () => {
        await create(local, 'data')
        rmSync(path.dirname(data('data')), { recursive: true })
        return 'data'
      },
      /created again/,
      { rows: ['data'], folders: ['data'] },
    ],
    [
      'creation, before its record came',
      'it is empty, and there is no record of it',
      async () => {
        mkdirSync(data('data'), { recursive: true })
        return 'data'
      },
      /Leftovers of volume data were removed/,
      nothing,
    ],
    [
      'a database that was lost',
      'its files are there, but no record of it',
      async () => {
        mkdirSync(data('data'), { recursive: true })
        writeFileSync(data('data', 'own'), '')
        return 'data'
      },
      /recorded again/,
      { rows: ['data'], folders: ['data'] },
    ],
    [
      'filling',
      'filling it from an image was interrupted',
      async () => {
        await create(local, 'data')
        mkdirSync(path.join(data('data'), '../.copied'))
        writeFileSync(path.join(data('data'), '../.copied/more'), '')
        return 'data'
      },
      /was completed/,
      { rows: ['data'], folders: ['data'] },
    ],
  ]
  test.each(broken)('%s: %s', async (_, text, breakIt, sentence, after) => {
    const name = await breakIt()
    const { locks: _locks, ...before } = everything()
    expect(await check()).toMatchObject({ Errors: true, Volumes: { [name]: [`volume ${name}: ${text}`] } })
    expect(everything()).toMatchObject(before)
    expect(await check(true)).toMatchObject({
      Errors: false,
      Volumes: {},
      Repaired: expect.arrayContaining([expect.stringMatching(sentence)]),
    })
    expect(everything()).toMatchObject(after)
    expect(await check()).toMatchObject({ Errors: false, Volumes: {} })
    if (existsSync(data(name, 'more'))) expect(row()?.config.needsCopyUp).toBe(false)
  })

  test.each(['check', 'image prune', 'remove'])('a removal with volumes is finished with them by %s', async (by) => {
    const { id, volume } = await createAnonymous()
    writeFileSync(data(volume, 'own'), '')
    const { database } = local.context
    await database.transaction(() => updateState(database, id, { status: 'removing', removeVolumes: true }))
    if (by === 'check') await check(true)
    else await remove(id)
    if (by === 'image prune') await local.engine['image.prune']({})
    expect(everything()).toEqual(nothing)
  })

  test('one that is removed without its volumes keeps them', async () => {
    const { id, volume } = await createAnonymous()
    await remove(id)
    expect(await check(true)).toMatchObject({ Errors: false, Repaired: [] })
    await local.engine['image.prune']({})
    expect(everything()).toMatchObject({ rows: [volume], folders: [volume] })
  })

  test('files of removals that no process finishes go with image prune', async () => {
    mkdirSync(path.join(folder, 'store/volumes/.staging/999999999-1-abcdef/_data'), { recursive: true })
    await local.engine['image.prune']({})
    expect(everything()).toEqual(nothing)
  })

  test('a volume that somebody works on is left alone by check', async () => {
    mkdirSync(data('data'), { recursive: true })
    const store = await local.context.volumes()
    await store.withSharedLock(['data'], async () => expect(await check(true)).toMatchObject({ Errors: false, Repaired: [] }))
    expect(existsSync(data('data'))).toBe(true)
  })
})

test('a transaction that fails puts the files back', async () => {
  await remove(await create(local, 'data'))
  writeFileSync(data('data', 'own'), '')
  const context = local.context as { database: (typeof local.context)['database'] }
  const real = context.database
  context.database = {
    ...real,
    transaction: (work) =>
      real.transaction(() => {
        const result = work()
        if (!volumeByName(real, 'data')) throw new Error('no disk')
        return result
      }),
  }
  expect((await prune()).VolumePruneReports).toEqual([{ Id: 'data', Size: 0, Err: expect.stringContaining('no disk') }])
  context.database = real
  expect(readFileSync(data('data', 'own'), 'utf8')).toBe('')
  expect(await check()).toMatchObject({ Errors: false })
  await insertWithVolumes(local.context, [], () => {})
})
