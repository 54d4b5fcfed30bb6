import { createHash } from 'node:crypto'

import { splitDigest, splitStoredName } from '../../../image/index.ts'
import type { TarInput } from '../../../lib/tar/index.ts'
import type { Context } from '../../context.ts'
import { document, member, plainLayer, readConfig, type SavedImage, type SavedLayer, savedLayers } from './saved-image.ts'

const mode = 0o444

/**
 * A docker-archive as podman writes it (moby image/spec/spec.md): plain layers and configs by digest, links for readers older than
 * `manifest.json`, then `manifest.json` and `repositories`. The same images always give the same bytes.
 * @throws StoreCorrupt
 */
export async function* dockerArchive(context: Context, images: readonly SavedImage[]): AsyncGenerator<TarInput, void, undefined> {
  const written = new Set<string>()
  const list: object[] = []
  const repositories: Record<string, Record<string, string>> = {}
  for (const { record, tags } of images) {
    const layers = await savedLayers(context, record)
    const config = await readConfig(context, record)
    for (const layer of layers) {
      if (!once(written, layer.diffId)) continue
      yield member(layerFile(layer), layer.plainSize, plainLayer(context, layer), mode)
    }
    if (once(written, record.id)) yield document(`${record.id}.json`, config, mode)
    let top = ''
    for (const legacy of legacyLayers(layers, config)) {
      top = legacy.id
      if (once(written, legacy.id)) yield* legacyMembers(legacy)
    }
    list.push({ Config: `${record.id}.json`, RepoTags: tags, Layers: layers.map(layerFile) })
    for (const { repository, tag } of tags.map(splitStoredName)) {
      if (top !== '' && tag !== undefined) (repositories[repository] ??= {})[tag] = top
    }
  }
  yield document('manifest.json', JSON.stringify(list), mode)
  yield document('repositories', JSON.stringify(sorted(repositories)), mode)
}

const layerFile = ({ diffId }: SavedLayer): string => `${splitDigest(diffId).hex}.tar`

interface Legacy {
  id: string
  json: string
  target: string
}

/** What docker before 1.10 read: a folder for each layer, whose id only has to be its own. */
function legacyLayers(layers: readonly SavedLayer[], config: Buffer): Legacy[] {
  const made: Legacy[] = []
  let chain = ''
  for (const [i, layer] of layers.entries()) {
    chain = chain === '' ? layer.diffId : `sha256:${hex(`${chain} ${layer.diffId}`)}`
    const before = made.at(-1)
    const fields: Record<string, unknown> = {
      ...(before ? { parent: before.id } : {}),
      ...(i === layers.length - 1 ? topFields(config) : {}),
    }
    const id = hex(goJson({ ...fields, layer_id: chain }))
    made.push({ id, json: goJson({ ...fields, id }), target: `../${layerFile(layer)}` })
  }
  return made
}

function topFields(config: Buffer): Record<string, unknown> {
  const fields = JSON.parse(config.toString('utf8')) as Record<string, unknown>
  const names = ['architecture', 'config', 'container', 'container_config', 'created', 'docker_version', 'os']
  return Object.fromEntries(names.map((name) => [name, fields[name] ?? null]))
}

/** As Go writes a map: by name, and with what HTML could take for its own escaped. */
function goJson(value: Record<string, unknown>): string {
  return JSON.stringify(sorted(value)).replace(
    /[<>&\u2028\u2029]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function* legacyMembers({ id, json, target }: Legacy): Generator<TarInput, void, undefined> {
  yield {
    header: { path: `${id}/layer.tar`, type: 'symlink', mode: 0, uid: 0, gid: 0, size: 0, mtime: 0n, linkTarget: target },
  }
  yield document(`${id}/VERSION`, '1.0', mode)
  yield document(`${id}/json`, json, mode)
}

const hex = (text: string): string => createHash('sha256').update(text).digest('hex')

function sorted<T>(value: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** Adds to the set; whether it was not there before. */
function once(set: Set<string>, value: string): boolean {
  if (set.has(value)) return false
  set.add(value)
  return true
}
