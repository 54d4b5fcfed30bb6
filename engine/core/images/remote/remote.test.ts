import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { digestOf, mediaTypes } from '../../../image/index.ts'
import { type FakeRegistry, startFakeRegistry } from '../../../registry/fake/fake-registry.ts'
import { writeTar } from '../../../lib/tar/index.ts'
import type { Context } from '../../context.ts'
import { openContext } from '../../open-context.ts'
import { document } from '../archive/saved-image.ts'
import { remove } from './delete.ts'
import { inspect } from './inspect.ts'
import { raw } from './raw.ts'
import { tags } from './tags.ts'

let folder: string
let context: Context
let registry: FakeRegistry
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'berth-remote-'))
  context = openContext({ root: join(folder, 'store'), runRoot: join(folder, 'run') })
  registry = await startFakeRegistry()
})
afterEach(async () => {
  await context.close()
  await registry.close()
  rmSync(folder, { recursive: true, force: true })
})

const access = { tlsVerify: false, anonymous: true, noTags: false, retry: 0 }
const answerTags = (status: number): void => {
  registry.faultHook = (request, response) => {
    if (!request.url?.includes('/tags/list')) return false
    response.writeHead(status, { 'content-type': 'application/json' }).end('{"name":"a/b","tags":["v1"]}')
    return true
  }
}

test('an image whose registry lists no tags is shown without them; another failure is no missing image', async () => {
  await registry.addImage('a/b', 'v1', [{ one: 'first' }])
  const reference = `docker://${registry.name}/a/b:v1`
  answerTags(200)
  expect((await inspect(context, { ...access, reference }, {})).RepoTags).toEqual(['v1'])
  answerTags(403)
  expect((await inspect(context, { ...access, reference }, {})).RepoTags).toEqual([])
  answerTags(404)
  await expect(inspect(context, { ...access, reference }, {})).rejects.toMatchObject({
    code: 'NotFound',
    message: expect.stringContaining('Error determining repository tags'),
  })
})

test('the configuration of an artifact is given where it is asked for', async () => {
  const config = Buffer.from('{"chart":1}')
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: digestOf(config), size: config.length },
    layers: [],
  }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
  writeFileSync(join(folder, digestOf(config).slice(7)), config)
  const input = { ...access, reference: `dir:${folder}`, config: true }
  const bytes = await Array.fromAsync((await raw(context, { ...input, artifact: true }, {})) as AsyncIterable<Uint8Array>)
  expect(Buffer.concat(bytes).toString()).toBe('{"chart":1}')
  await expect(raw(context, { ...input, artifact: false }, {})).rejects.toMatchObject({ code: 'ManifestInvalid' })
})

test('an image in an archive that has no name is listed by its number', async () => {
  const images = [
    { Config: 'a.json', RepoTags: ['a:1', 'b:2'], Layers: [] },
    { Config: 'b.json', RepoTags: null, Layers: [] },
  ]
  const archive = join(folder, 'x.tar')
  const pieces = await Array.fromAsync(writeTar([document('manifest.json', Buffer.from(JSON.stringify(images)))]))
  writeFileSync(archive, Buffer.concat(pieces))
  expect(await tags(context, { ...access, reference: `docker-archive:${archive}` }, {})).toEqual({ Tags: ['a:1', 'b:2', '@1'] })
  await expect(tags(context, { ...access, reference: `oci:${folder}` }, {})).rejects.toMatchObject({
    code: 'NotSupported',
    message: "Unsupported transport 'oci' for tag listing. Only supported: docker, docker-archive",
  })
})

test('what is left of a layout is written as skopeo writes it', async () => {
  const layout = join(folder, 'layout')
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true })
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] }))
  writeFileSync(join(layout, 'blobs/sha256', digestOf(manifest).slice(7)), manifest)
  const entry = { mediaType: mediaTypes.ociIndex, digest: digestOf(manifest), size: manifest.length }
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [entry] }))
  await remove(context, { ...access, reference: `oci:${layout}` }, {})
  expect(readFileSync(join(layout, 'index.json'), 'utf8')).toBe('{"schemaVersion":2,"manifests":[]}\n')
})
