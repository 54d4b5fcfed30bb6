import { createHash } from 'node:crypto'

import { type Digest, goMarshal, splitDigest, splitStoredName } from '../../../image/index.ts'
import type { TarInput } from '../../../lib/tar/index.ts'
import type { Context } from '../../context.ts'
import { document, member, plainLayer, readConfig, type SavedImage, savedLayers } from './saved-image.ts'

const mode = 0o444

/** What the documents of an archive say of an image. */
export interface IndexedImage {
  /** 64 hexadecimal digits. */
  id: string
  /** Full names, `registry/repository:tag`. */
  tags: readonly string[]
  config: Buffer
  diffIds: readonly Digest[]
}

/**
 * A docker-archive as podman writes it (moby image/spec/spec.md): plain layers and configs by digest, links for readers older than
 * `manifest.json`, then `manifest.json` and `repositories`. The same images always give the same bytes.
 * @throws StoreCorrupt
 */
export async function* dockerArchive(context: Context, images: readonly SavedImage[]): AsyncGenerator<TarInput, void, undefined> {
  const written = new Set<string>()
  const indexed: IndexedImage[] = []
  for (const { record, tags } of images) {
    const layers = await savedLayers(context, record)
    const config = await readConfig(context, record)
    for (const layer of layers) {
      if (once(written, layer.diffId)) yield member(layerFile(layer.diffId), layer.plainSize, plainLayer(context, layer), mode)
    }
    if (once(written, record.id)) yield document(configFile(record.id), config, mode)
    indexed.push({ id: record.id, tags, config, diffIds: layers.map(({ diffId }) => diffId) })
  }
  yield* archiveIndex(indexed)
}

/** A layer's name in the archive. */
export const layerFile = (diffId: Digest): string => `${splitDigest(diffId).hex}.tar`

/** A config's name in the archive. */
export const configFile = (id: string): string => `${id}.json`

/** All but the layers and configs. */
export function* archiveIndex(images: readonly IndexedImage[]): Generator<TarInput, void, undefined> {
  const written = new Set<string>()
  const repositories = new Map<string, Map<string, string>>()
  for (const image of images) {
    let top = ''
    for (const legacy of legacyLayers(image)) {
      top = legacy.id
      if (once(written, legacy.id)) yield* legacyMembers(legacy)
    }
    for (const { repository, tag } of image.tags.map(splitStoredName)) {
      if (top === '' || tag === undefined) continue
      const known = repositories.get(repository) ?? new Map<string, string>()
      repositories.set(repository, known.set(tag, top))
    }
  }
  const list = images.map(({ id, tags, diffIds }) => ({ Config: configFile(id), RepoTags: tags, Layers: diffIds.map(layerFile) }))
  yield document('manifest.json', JSON.stringify(list), mode)
  yield document('repositories', goMarshal(repositories), mode)
}

interface Legacy {
  id: string
  json: string
  target: string
}

/** What docker before 1.10 read: a folder for each layer, whose id only has to be its own. */
function legacyLayers({ diffIds, config }: IndexedImage): Legacy[] {
  const made: Legacy[] = []
  let chain = ''
  for (const [i, diffId] of diffIds.entries()) {
    chain = chain === '' ? diffId : `sha256:${hex(`${chain} ${diffId}`)}`
    const before = made.at(-1)
    const fields: Record<string, unknown> = {
      ...(before ? { parent: before.id } : {}),
      ...(i === diffIds.length - 1 ? topFields(config) : {}),
    }
    const id = hex(goMarshal(new Map(Object.entries({ ...fields, layer_id: chain }))))
    made.push({ id, json: goMarshal(new Map(Object.entries({ ...fields, id }))), target: `../${layerFile(diffId)}` })
  }
  return made
}

function topFields(config: Buffer): Record<string, unknown> {
  const fields = JSON.parse(config.toString('utf8')) as Record<string, unknown>
  const names = ['architecture', 'config', 'container', 'container_config', 'created', 'docker_version', 'os']
  return Object.fromEntries(names.map((name) => [name, fields[name] ?? null]))
}

function* legacyMembers({ id, json, target }: Legacy): Generator<TarInput, void, undefined> {
  yield {
    header: { path: `${id}/layer.tar`, type: 'symlink', mode: 0, uid: 0, gid: 0, size: 0, mtime: 0n, linkTarget: target },
  }
  yield document(`${id}/VERSION`, '1.0', mode)
  yield document(`${id}/json`, json, mode)
}

const hex = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Adds to the set; whether it was not there before. */
function once(set: Set<string>, value: string): boolean {
  if (set.has(value)) return false
  set.add(value)
  return true
}
