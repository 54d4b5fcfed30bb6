import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { type FakeImage, type FakeRegistry, startFakeRegistry } from '../../../registry/fake/fake-registry.ts'
import {
  allImages,
  damagedRecords,
  findContainer,
  findPod,
  insertExecSession,
  insertPod,
  putArtifact,
  timestamp,
  updateState,
  volumeByName,
} from '../../../store/index.ts'
import { type LocalEngine, openEngine } from '../../index.ts'

let registry: FakeRegistry
let root: string
let local: LocalEngine
let image: FakeImage
let warnings: string[]

beforeEach(async () => {
  registry = await startFakeRegistry()
  root = mkdtempSync(join(tmpdir(), 'berth-check-'))
  warnings = []
  const log = { error: () => {}, warn: (message: string) => warnings.push(message), info: () => {}, debug: () => {} }
  local = openEngine({ root: join(root, 'store'), runRoot: join(root, 'run'), log })
  image = await registry.addImage('a/b', 'v1', [{ 'etc/x': '1' }, { z: 'third' }])
  for await (const _ of await local.engine['image.pull']({ reference: `${registry.name}/a/b:v1`, tlsVerify: false }));
})
afterEach(async () => {
  await local.close()
  await registry.close()
  rmSync(root, { recursive: true })
})

const create = async (name: string, more: object = {}): Promise<string> =>
  (
    await local.engine['container.create']({
      body: { image: image.id, command: ['x'], name, netns: { nsmode: 'none' }, ...more },
    })
  ).Id
const check = (input: object = {}) => local.engine['system.check']({ quick: true, ...input })
const names = async () => (await local.engine['container.list']({ all: true })).map(({ Names }) => Names![0])
/** `value` is SQL. */
async function damage(table: string, column: string, value = "'{\"cut'", where = 'TRUE'): Promise<void> {
  const { database } = local.context
  await database.transaction(() => database.run(`UPDATE main.${table} SET ${column} = ${value} WHERE ${where}`))
}

describe.skipIf(process.getuid?.() !== 0)('needs root, for the owners of layers', () => {
  test('a damaged state: others are listed, with one warning, and repair makes it again', async () => {
    await create('one')
    const two = await create('two')
    await local.context.database.transaction(() => updateState(local.context.database, two, { restarts: 4, exitCode: 3 }))
    await damage('containers', 'state', "json_set(state, '$.pid', 'x', '$.status', 5)", "name = 'two'")
    await damage('containers', 'version', '0', "name = 'two'")
    expect(await names()).toEqual(['one'])
    expect(await names()).toEqual(['one'])
    expect(warnings).toEqual([expect.stringMatching(/^The record of container two .*: run berth system check --repair\.$/)])
    await expect(local.engine['container.inspect']({ name: 'two' })).rejects.toMatchObject({ code: 'StoreCorrupt' })
    expect((await local.engine['container.inspect']({ name: 'one' })).Name).toBe('one')
    expect((await local.engine['system.info']({})).berth?.damaged).toEqual([`container two (${two.slice(0, 12)})`])
    const found = await check()
    expect(found).toMatchObject({ Errors: true })
    expect(found.Records).toEqual({
      [`container two (${two.slice(0, 12)})`]: [expect.stringMatching(/its record is damaged: its state\./)],
    })
    expect(await check({ repair: true })).toMatchObject({ Errors: false, Records: {}, Repaired: [/state of container two/] })
    expect(await names()).toEqual(['one', 'two'])
    expect(findContainer(local.context.database, 'two').state).toMatchObject({ status: 'created', restarts: 4, exitCode: 3 })
    expect(await check()).toMatchObject({ Errors: false, Records: {} })
    expect((await local.engine['system.info']({})).berth?.damaged).toEqual([])
  })

  test('a damaged configuration cannot be made up: repair says so, and force removes the container with its files', async () => {
    await create('one')
    const two = await create('two')
    await damage('containers', 'config', "'[]'", "name = 'two'")
    const told = await check({ repair: true })
    expect(told).toMatchObject({ Errors: true, RemovedContainers: {} })
    expect(Object.values(told.Records!).flat().join()).toMatch(/only --force helps, which removes the container with its files/)
    expect(existsSync(join(root, 'store/containers', two))).toBe(true)
    await local.engine['image.prune']({})
    expect(existsSync(join(root, 'store/containers', two))).toBe(true)
    expect(await check({ repair_lossy: true })).toMatchObject({ Errors: false, RemovedContainers: { [two]: 'two' } })
    expect(existsSync(join(root, 'store/containers', two))).toBe(false)
    expect(await names()).toEqual(['one'])
    await create('two')
  })

  test('a damaged image: nothing that it may need is removed, and its record is rebuilt from its blobs', async () => {
    const facts = allImages(local.context.database)[0]!.facts
    const other = await registry.addImage('a/other', 'v1', [{ w: '1' }])
    for await (const _ of await local.engine['image.pull']({ reference: `${registry.name}/a/other:v1`, tlsVerify: false }));
    await create('user')
    await damage('images', 'facts', "'{'", `id = '${image.id}'`)
    expect((await local.engine['image.list']({})).map(({ Id }) => Id)).toEqual([other.id])
    await local.engine['image.remove']({ name: other.id })
    await local.engine['image.prune']({ all: true })
    expect(warnings.join('\n')).toMatch(/Unused layers and blobs are kept/)
    for (const chain of facts.chain) expect(existsSync(join(root, 'store/layers', chain))).toBe(true)
    expect(await check({ unreferenced_layer_max_age: '0s' })).toMatchObject({ Errors: true })
    expect(await check({ repair: true })).toMatchObject({
      Errors: false,
      RemovedImages: {},
      Repaired: [/rebuilt from its blobs/],
    })
    expect(allImages(local.context.database)[0]!.facts).toEqual(facts)
    expect(await check({ quick: false })).toMatchObject({ Errors: false })
  })

  test('without its manifest it is removed, unless a container uses it', async () => {
    await create('user')
    const { facts } = allImages(local.context.database)[0]!
    await damage('images', 'facts')
    rmSync(join(root, 'store/blobs', facts.manifest.digest.replace(':', '/')))
    expect(await check({ repair: true, unreferenced_layer_max_age: '0s' })).toMatchObject({ Errors: true, RemovedImages: {} })
    for (const chain of facts.chain) expect(existsSync(join(root, 'store/layers', chain))).toBe(true)
    const forced = await check({ repair_lossy: true })
    expect(forced).toMatchObject({ Errors: false, RemovedImages: { [image.id]: [`${registry.name}/a/b:v1`] } })
    expect(Object.values(forced.RemovedContainers)).toEqual(['user'])
    expect(await names()).toEqual([])
    for (const chain of facts.chain) expect(existsSync(join(root, 'store/layers', chain))).toBe(false)
  })

  test('pods, volumes, exec sessions and artifacts', async () => {
    const { database } = local.context
    const pod = 'b'.repeat(64)
    const id = await create('one', { volumes: [{ Name: 'data', Dest: '/data' }] })
    const { facts } = allImages(database)[0]!
    const needed = [facts.manifest.digest, facts.config.digest, ...facts.layers.map(({ digest }) => digest)]
    mkdirSync(join(root, 'x'))
    await database.transaction(() => {
      const policy = { name: 'no', maximumRetries: 0 } as const
      const settings = {
        infraId: '',
        shared: [],
        exitPolicy: 'stop',
        restart: policy,
        cgroupParent: '',
        createCommand: [],
      } as const
      insertPod(database, {
        id: pod,
        name: 'crew',
        created: timestamp(),
        config: { spec: {}, hostname: 'h', labels: { a: 'b' }, ...settings, shared: [], createCommand: [] },
      })
      database.run('UPDATE containers SET pod = ? WHERE id = ?', pod, id)
      const config = { command: [], env: [], user: '', workdir: '', terminal: false, privileged: false, detachKeys: '' }
      insertExecSession(database, {
        id: 'e'.repeat(64),
        container: id,
        config: { ...config, attachStdin: false, attachStdout: true, attachStderr: true },
        state: { status: 'stopped', pid: 0, pidStart: '', conmonPid: 0, conmonPidStart: '', exitCode: 0, bootId: '' },
      })
      putArtifact(database, { name: 'x/y:1', digest: facts.manifest.digest, added: timestamp(), blobs: needed })
    })
    await damage('pods', 'config', "json_set(config, '$.exitPolicy', 3)")
    await damage('volumes', 'config')
    await damage('exec_sessions', 'state')
    await damage('artifacts', 'blobs')
    await damage('pods', 'version', '0')
    expect(damagedRecords(database)).toHaveLength(4)
    expect(await local.engine['pod.list']({})).toEqual([])
    expect(await local.engine['artifact.list']({})).toEqual([])
    expect((await local.engine['container.inspect']({ name: 'one' })).ExecIDs).toEqual([])
    expect((await local.engine['system.df']({})).Volumes).toEqual([])
    expect(Object.keys((await check()).Records!).toSorted()).toEqual([
      'artifact x/y:1',
      `exec session ${'e'.repeat(12)}`,
      `pod crew (${'b'.repeat(12)})`,
      'volume data',
    ])
    const repaired = await check({ repair: true })
    expect(repaired).toMatchObject({ Errors: false, Records: {}, RemovedContainers: {}, RemovedImages: {} })
    expect(repaired.Repaired).toHaveLength(4)
    expect(damagedRecords(database)).toEqual([])
    expect(findPod(database, 'crew').config).toMatchObject({ hostname: 'h', labels: { a: 'b' }, exitPolicy: 'continue' })
    expect(volumeByName(database, 'data')?.config).toMatchObject({ driver: 'local', anonymous: false, needsCopyUp: false })
    expect(await local.engine['artifact.list']({})).toHaveLength(1)
    expect(database.get("SELECT blobs FROM artifacts WHERE name = 'x/y:1'")).toEqual({ blobs: JSON.stringify(needed) })
  })

  test('a record of a newer version is nobody else to repair', async () => {
    await create('one')
    await damage('containers', 'version', '99')
    const state = () => local.context.database.get('SELECT config, state, version FROM containers')
    const before = state()
    await expect(check({ repair_lossy: true })).rejects.toMatchObject({ code: 'StoreUnsuitable' })
    await expect(names()).rejects.toMatchObject({ code: 'StoreUnsuitable' })
    expect(state()).toEqual(before)
  })
})
