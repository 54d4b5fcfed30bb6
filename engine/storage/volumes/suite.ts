import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { start } from './fixtures/process.ts'
import type { LockedVolume, VolumeStore } from './volume-store.ts'

/** What a test works on: an empty store, opened twice as two parts of one process would. */
interface Fixture {
  root: string
  store: VolumeStore
  other: VolumeStore
}

/**
 * What every volume store must do.
 * @param open opens one on a folder.
 * @param module a module whose `open` does the same in another process.
 */
export function volumeStoreSuite(name: string, open: (root: string) => VolumeStore, module: string): void {
  const at = {} as Fixture
  beforeEach(() => {
    at.root = mkdtempSync(join(tmpdir(), 'berth-volumes-'))
    at.store = open(at.root)
    at.other = open(at.root)
  })
  afterEach(() => rmSync(at.root, { recursive: true }))
  makingTests(name, at)
  fillingTests(name, at)
  interruptionTests(name, at, module)
  removalTests(name, at)
  lockTests(name, at)
  processTests(name, at, module)
}

const make = (store: VolumeStore, name = 'v'): Promise<boolean> =>
  store.withSharedLock([name], async (volumes) => volumes.make(name))
const fillWith =
  (files: Record<string, string>, mode = 0o750) =>
  async (folder: string): Promise<void> => {
    mkdirSync(folder, { recursive: true })
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    chmodSync(folder, mode)
  }
const remove = (store: VolumeStore): Promise<void> => store.withExclusiveLock('v', async (volume) => volume.detach().discard())
const read = (store: VolumeStore, file: string): string => readFileSync(join(store.path('v'), file), 'utf8')
const list = (store: VolumeStore): string[] => readdirSync(store.path('v')).toSorted()

function makingTests(name: string, at: Fixture): void {
  test(`${name}: a volume is made once, and empty`, async () => {
    expect(at.store.has('v')).toBe(false)
    expect(await make(at.store)).toBe(true)
    expect(at.store.has('v')).toBe(true)
    expect(list(at.store)).toEqual([])
    writeFileSync(join(at.store.path('v'), 'a'), '1')
    expect(await make(at.store)).toBe(false)
    expect(at.store.list()).toEqual(['v'])
    expect(read(at.store, 'a')).toBe('1')
  })

  test(`${name}: two that make the same volume at once meet one`, async () => {
    const made = await Promise.all([make(at.store), make(at.other), make(at.store)])
    expect(made.filter(Boolean)).toHaveLength(1)
    expect(at.store.list()).toEqual(['v'])
  })

  test(`${name}: the longest name there is`, async () => {
    const longest = `v${'x'.repeat(254)}`
    expect(await make(at.store, longest)).toBe(true)
    await at.store.withExclusiveLock(longest, (volume) => volume.fill(fillWith({ a: '1' })))
    expect(at.store.list()).toEqual([longest])
  })

  test.each(['', '.', '..', '../x', 'a/b', '.staging', '-a', 'x'.repeat(256)])(`${name}: %j is no name`, async (bad) => {
    await expect(async () => make(at.store, bad)).rejects.toMatchObject({ code: 'Internal' })
    expect(at.store.list()).toEqual([])
  })
}

function fillingTests(name: string, at: Fixture): void {
  test(`${name}: an empty volume is filled, and takes the mode`, async () => {
    await make(at.store)
    await at.store.withExclusiveLock('v', (volume) => volume.fill(fillWith({ a: '1', b: '2' })))
    expect(list(at.store)).toEqual(['a', 'b'])
    expect(statSync(at.store.path('v')).mode & 0o777).toBe(0o750)
  })

  test(`${name}: one that holds something is left as it is`, async () => {
    await make(at.store)
    writeFileSync(join(at.store.path('v'), 'own'), '')
    await at.store.withExclusiveLock('v', (volume) => volume.fill(() => Promise.reject(new Error('not asked'))))
    expect(list(at.store)).toEqual(['own'])
  })

  test(`${name}: nothing is seen of it before all is written, and nothing when that fails`, async () => {
    await make(at.store)
    const write = async (folder: string) => {
      await fillWith({ a: '1' })(folder)
      expect(list(at.store)).toEqual([])
      throw new Error('no more')
    }
    await expect(at.store.withExclusiveLock('v', (volume) => volume.fill(write))).rejects.toThrow('no more')
    expect(list(at.store)).toEqual([])
    await at.store.withExclusiveLock('v', async (volume) => expect(volume.isInterrupted()).toBe(false))
    await at.store.withExclusiveLock('v', (volume) => volume.fill(fillWith({ b: '2' })))
    expect(list(at.store)).toEqual(['b'])
  })

  test(`${name}: what a container made meanwhile is not written through`, async () => {
    await make(at.store)
    const write = async (folder: string) => {
      await fillWith({ a: 'image', b: 'image' })(folder)
      mkdirSync(join(at.store.path('v'), 'a'))
      writeFileSync(join(at.store.path('v'), 'a/own'), 'own')
    }
    await at.store.withExclusiveLock('v', (volume) => volume.fill(write))
    expect(read(at.store, 'a/own')).toBe('own')
    expect(read(at.store, 'b')).toBe('image')
  })
}

function interruptionTests(name: string, at: Fixture, module: string): void {
  test(`${name}: a process that is killed while it writes leaves an empty volume, and files for the sweep`, async () => {
    await make(at.store)
    const child = await start(module, at.root, [
      `await store.withExclusiveLock('v', (volume) => volume.fill(async (folder) => {`,
      `  writeFileSync(folder + '/half', '')`,
      `  say('writing')`,
      `  await forever`,
      `}))`,
    ])
    expect(await child.next()).toBe('writing')
    expect(await at.store.sweep()).toEqual([])
    expect(leftovers(at.root)).not.toEqual([])
    await child.kill()
    expect(list(at.store)).toEqual([])
    await at.store.withExclusiveLock('v', (volume) => volume.fill(fillWith({ whole: '1' })))
    expect(list(at.store)).toEqual(['whole'])
    expect(await at.store.sweep()).toEqual([])
    expect(leftovers(at.root)).toEqual([])
  })
}

function removalTests(name: string, at: Fixture): void {
  test(`${name}: removal takes everything, twice is no failure`, async () => {
    await make(at.store)
    writeFileSync(join(at.store.path('v'), 'a'), '1')
    await remove(at.store)
    await remove(at.store)
    expect(at.store.has('v')).toBe(false)
    expect(at.store.list()).toEqual([])
    expect(leftovers(at.root)).toEqual([])
  })

  test(`${name}: a new volume of the name meets nothing of the old one, whose files go whenever they go`, async () => {
    await make(at.store)
    writeFileSync(join(at.store.path('v'), 'old'), '1')
    const detached = await at.store.withExclusiveLock('v', async (volume) => volume.detach())
    expect(at.store.has('v')).toBe(false)
    expect(await make(at.other)).toBe(true)
    writeFileSync(join(at.store.path('v'), 'new'), '2')
    expect(readdirSync(detached.path)).toEqual(['old'])
    await detached.discard()
    expect(list(at.store)).toEqual(['new'])
    expect(existsSync(detached.path)).toBe(false)
  })

  test(`${name}: what was taken away can be put back, and is taken once`, async () => {
    await make(at.store)
    writeFileSync(join(at.store.path('v'), 'a'), '1')
    await at.store.withExclusiveLock('v', async (volume: LockedVolume) => {
      const detached = volume.detach()
      expect(volume.detach()).toBe(detached)
      expect(volume.isPresent()).toBe(false)
      detached.reattach()
    })
    expect(read(at.store, 'a')).toBe('1')
  })

  test(`${name}: a sweep removes what dead processes left and nothing else`, async () => {
    await make(at.store)
    const detached = await at.store.withExclusiveLock('v', async (volume) => volume.detach())
    await make(at.store)
    const dead = join(detached.path, '../../999999999-1-abcdef')
    mkdirSync(join(dead, '_data'), { recursive: true })
    expect(await at.store.sweep()).toEqual([])
    expect(existsSync(dead)).toBe(false)
    expect(existsSync(detached.path)).toBe(true)
    expect(at.store.has('v')).toBe(true)
    await detached.discard()
  })
}

function lockTests(name: string, at: Fixture): void {
  test(`${name}: many use a volume at once, and who wants it alone waits for the last of them`, async () => {
    await make(at.store)
    const order: string[] = []
    const [first, second, entered] = [0, 1, 2].map(() => Promise.withResolvers<void>())
    let inside = 0
    const use = (store: VolumeStore, end: Promise<void>, text: string) =>
      store.withSharedLock(['v'], async () => {
        if ((inside += 1) === 2) entered!.resolve()
        await end
        order.push(text)
      })
    const users = [use(at.store, first!.promise, 'first'), use(at.other, second!.promise, 'second')]
    await entered!.promise
    const removal = at.other.withExclusiveLock('v', async (volume) => {
      order.push('removal')
      await volume.detach().discard()
    })
    first!.resolve()
    await users[0]
    expect(at.store.has('v')).toBe(true)
    second!.resolve()
    await Promise.all([...users, removal])
    expect(order).toEqual(['first', 'second', 'removal'])
  })

  test(`${name}: who uses two in one order waits for none who uses them in the other`, async () => {
    const both = [
      at.store.withSharedLock(['a', 'b'], async (volumes) => volumes.make('a')),
      at.other.withSharedLock(['b', 'a'], async (volumes) => volumes.make('b')),
      at.store.withExclusiveLock('a', async () => true),
      at.other.withExclusiveLock('b', async () => true),
    ]
    expect(await Promise.all(both)).toEqual([true, true, true, true])
  })

  test(`${name}: waiting can be given up`, async () => {
    const end = Promise.withResolvers<void>()
    const user = at.store.withSharedLock(['v'], () => end.promise)
    const options = { signal: AbortSignal.abort() }
    await expect(at.other.withExclusiveLock('v', async () => {}, options)).rejects.toMatchObject({ code: 'Cancelled' })
    end.resolve()
    await user
    const release = Promise.withResolvers<void>()
    const entered = Promise.withResolvers<void>()
    const holder = at.store.withExclusiveLock('v', () => (entered.resolve(), release.promise))
    await entered.promise
    await expect(at.other.withSharedLock(['v'], async () => {}, options)).rejects.toMatchObject({ code: 'Cancelled' })
    release.resolve()
    await holder
  })
}

function processTests(name: string, at: Fixture, module: string): void {
  test(`${name}: another process that uses a volume keeps it, until it ends`, async () => {
    await make(at.store)
    const child = await start(module, at.root, [`await store.withSharedLock(['v'], async () => { say('using'); await forever })`])
    expect(await child.next()).toBe('using')
    const controller = new AbortController()
    const attempt = at.store.withExclusiveLock('v', async (volume) => volume.detach(), { signal: controller.signal })
    // Others may use it meanwhile.
    expect(await at.store.withSharedLock(['v'], async () => at.store.has('v'))).toBe(true)
    controller.abort()
    await expect(attempt).rejects.toMatchObject({ code: 'Cancelled' })
    const removal = remove(at.store)
    await child.kill()
    await removal
    expect(at.store.has('v')).toBe(false)
  })

  test(`${name}: a process that is killed while it removes leaves no name, and files for the sweep`, async () => {
    await make(at.store)
    writeFileSync(join(at.store.path('v'), 'a'), '1')
    const child = await start(module, at.root, [
      `await store.withExclusiveLock('v', async (volume) => { volume.detach(); say('taken'); await forever })`,
    ])
    expect(await child.next()).toBe('taken')
    await child.kill()
    expect(at.store.has('v')).toBe(false)
    expect(await make(at.store)).toBe(true)
    expect(list(at.store)).toEqual([])
    expect(await at.store.sweep()).toEqual([])
    expect(leftovers(at.root)).toEqual([])
  })
}

/** Whatever a store keeps of unfinished work. */
function leftovers(root: string): string[] {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => /\/\d+-\d+-[0-9a-f]+/.test(name))
}
