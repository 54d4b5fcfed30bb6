import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { type FakeRegistry, startFakeRegistry } from '../../../registry/fake/fake-registry.ts'
import { type LocalEngine, openEngine } from '../../index.ts'

let registry: FakeRegistry
let root: string
let local: LocalEngine
beforeEach(async () => {
  registry = await startFakeRegistry()
  root = mkdtempSync(join(tmpdir(), 'berth-parents-'))
  local = openEngine({ root: join(root, 'store'), runRoot: join(root, 'run') })
})
afterEach(async () => {
  await local.close()
  await registry.close()
  rmSync(root, { recursive: true })
})

/** Pulls an image whose history has these steps, the first with a layer; under `name`, or without one. Answers its id. */
async function add(steps: readonly string[], name?: string): Promise<string> {
  const { engine } = local
  await registry.addImage('a/b', 'made', [{ x: '1' }], {
    alter(manifest) {
      const document = JSON.parse(String(registry.blobs.get(manifest.config.digest)))
      const history = steps.map((each, i) => ({ created_by: each, ...(i > 0 ? { empty_layer: true } : {}) }))
      const blob = registry.addBlob(Buffer.from(JSON.stringify({ ...document, history })))
      manifest.config = { ...manifest.config, ...blob }
    },
  })
  for await (const _ of await engine['image.pull']({ reference: `${registry.name}/a/b:made`, tlsVerify: false }));
  const { Id: id } = await engine['image.inspect']({ name: `${registry.name}/a/b:made` })
  await engine['image.untag']({ name: id })
  if (name !== undefined) await engine['image.tag']({ name: id, repo: name })
  return id
}

const ids = async (): Promise<string[]> => (await local.engine['image.list']({ all: true })).map(({ Id }) => Id).toSorted()

// As podman 5.4.2 does.
describe.skipIf(process.getuid?.() !== 0)('needs root, for owners', () => {
  test('what an image was made from goes with it, the nearest first, unless it is asked to stay', async () => {
    const first = await add(['ADD'])
    const second = await add(['ADD', 'ENV'])
    const third = await add(['ADD', 'ENV', 'CMD'], 'made')
    const { engine } = local
    const kept = await engine['image.removeMany']({ images: ['made'], noprune: true })
    expect(kept).toMatchObject({ Untagged: ['localhost/made:latest'], Deleted: [third] })
    expect(await ids()).toEqual([first, second].toSorted())
    await add(['ADD', 'ENV', 'CMD'], 'made')
    expect(await engine['image.remove']({ name: 'made' })).toMatchObject({ Deleted: [third, second, first] })
    expect(await ids()).toEqual([])
  })

  test('what has a name, a container or another child stays', async () => {
    const first = await add(['ADD'])
    const second = await add(['ADD', 'ENV'], 'named')
    const third = await add(['ADD', 'ENV', 'CMD'])
    const other = await add(['ADD', 'USER'], 'other')
    const { engine } = local
    expect((await engine['image.remove']({ name: third })).Deleted).toEqual([third])
    expect((await engine['image.remove']({ name: other })).Deleted).toEqual([other])
    expect(await ids()).toEqual([first, second].toSorted())
    await local.context.database.transaction(() =>
      local.context.database.run(
        `INSERT INTO containers (id, name, created, image, status, config, state) VALUES ('c', 'c', '', ?, 'created', '{}', '{}')`,
        first,
      ),
    )
    expect((await engine['image.remove']({ name: 'named' })).Deleted).toEqual([second])
    expect(await ids()).toEqual([first])
  })

  test('pruning leaves what named images were made from, and takes whole lines that nothing needs', async () => {
    const first = await add(['ADD'])
    const second = await add(['ADD', 'ENV'])
    const third = await add(['ADD', 'ENV', 'CMD'], 'made')
    const { engine } = local
    expect(await engine['image.prune']({})).toEqual([])
    expect(await engine['image.prune']({ filters: { dangling: ['false'], label: ['none'] } })).toEqual([])
    await engine['image.untag']({ name: 'made' })
    const removed = await engine['image.prune']({})
    expect(removed.map(({ Id }) => Id)).toEqual([third, second, first])
    // The layer counts once, with the last that had it.
    expect(removed.map(({ Size }) => Size > 2000)).toEqual([false, false, true])
    expect(await ids()).toEqual([])
  })

  test('pruning what is not dangling leaves what is', async () => {
    const dangling = await add(['ADD'])
    const named = await add(['COPY'], 'made')
    const { engine } = local
    expect(await engine['image.prune']({ filters: { dangling: ['false'] } })).toMatchObject([{ Id: named }])
    expect(await ids()).toEqual([dangling])
    await add(['COPY'], 'made')
    expect(await engine['image.prune']({ all: true, filters: { dangling: ['false'] } })).toHaveLength(2)
  })
})
