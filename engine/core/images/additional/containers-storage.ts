import { existsSync, lstatSync } from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { chainIds, digestOf, type DiffId, isDigest, limits, parseImageConfig, parseManifest } from '../../../image/index.ts'
import type { ImageFacts, ReadOnlyImage } from '../../../store/index.ts'
import { readPlain } from '../../../lib/files/plain-file.ts'
import { fullNames, isFolderOf, type OtherStore } from './other-store.ts'
import { tarOf, tarSplitNames } from './tar-split.ts'

const maxIndexBytes = 64 * 1024 * 1024
const maxEntries = 20_000
const maxLayers = 128
const hexId = /^[0-9a-f]{64}$/

interface StoredLayer {
  id: string
  parent?: string
  'diff-digest'?: string
  'diff-size'?: number
}

interface StoredImage {
  id: string
  digest?: string
  names?: string[]
  'names-history'?: string[]
  layer?: string
  created?: string
}

interface StoreDriver {
  /** What its lists are named by. */
  name: string
  /** The folder of a layer's files, below the store. */
  folder(id: string): string
  /** It holds all that is below the layer, too. */
  complete: boolean
}

const storeDrivers: readonly StoreDriver[] = [
  { name: 'overlay', folder: (id) => join('overlay', id, 'diff'), complete: false },
  { name: 'vfs', folder: (id) => join('vfs/dir', id), complete: true },
]

/**
 * Reads a store of containers/storage, as podman, CRI-O and bootc have it: `overlay-images/images.json`,
 * `overlay-layers/layers.json`, `overlay/ID/diff`; with the driver vfs `vfs-images` …, `vfs/dir/ID`. Nothing in it is trusted:
 * inconsistent entries are skipped, with a warning.
 * @throws StoreCorrupt when its lists cannot be read.
 */
export function readContainersStorage(root: string): OtherStore {
  const store: OtherStore = { root, images: [], layers: new Map(), blobs: new Map(), warnings: [] }
  for (const driver of storeDrivers) readImages(store, driver)
  return store
}

function readImages(store: OtherStore, driver: StoreDriver): void {
  const { root } = store
  const layers = new Map<string, StoredLayer>()
  for (const name of ['layers.json', 'volatile-layers.json'])
    for (const layer of readList<StoredLayer>(join(root, `${driver.name}-layers`, name)))
      if (hexId.test(layer.id)) layers.set(layer.id, layer)
  for (const image of readList<StoredImage>(join(root, `${driver.name}-images/images.json`))) {
    try {
      addImage(store, driver, layers, image)
    } catch (error) {
      const id = String(image.id).slice(0, 12)
      store.warnings.push(`The image ${id} of ${root} cannot be used: ${EngineError.from(error).message}`)
    }
  }
}

function readList<T extends { id: string }>(file: string): T[] {
  if (!existsSync(file)) return []
  let list: unknown
  try {
    list = JSON.parse(readPlain(file, maxIndexBytes).toString('utf8'))
  } catch (error) {
    throw damaged(file, error instanceof SyntaxError ? 'it is not JSON' : (error as Error).message, error)
  }
  if (list === null) return []
  if (!Array.isArray(list) || list.length > maxEntries) throw damaged(file, `it is not a list of at most ${maxEntries}`)
  return list.filter((each): each is T => typeof each === 'object' && each !== null && typeof each.id === 'string')
}

function addImage(store: OtherStore, driver: StoreDriver, layers: ReadonlyMap<string, StoredLayer>, image: StoredImage): void {
  const { root, blobs } = store
  if (!hexId.test(image.id)) throw new EngineError('StoreCorrupt', 'Its id is not one.')
  // Lists have no layer and no configuration of their own.
  if (!image.layer) return
  const folder = join(root, `${driver.name}-images`, image.id)
  const configDigest = `sha256:${image.id}`
  const configBytes = readData(folder, configDigest, limits.configBytes)
  const manifestBytes = readData(folder, 'manifest', limits.manifestBytes)
  if (digestOf(configBytes) !== configDigest) throw new EngineError('StoreCorrupt', 'Its configuration is another one.')
  const document = parseImageConfig(configBytes, `the image ${image.id.slice(0, 12)}`)
  const manifest = parseManifest(manifestBytes, '', `The manifest of ${image.id.slice(0, 12)}`)
  if (manifest.kind !== 'manifest' || manifest.config.digest !== configDigest)
    throw new EngineError('StoreCorrupt', 'Its manifest is that of another image.')
  const line = lineOf(layers, image.layer)
  const chain = chainIds(line.map((layer) => layer['diff-digest'] as DiffId))
  if (line.map((layer) => layer['diff-digest']).join() !== document.diffIds.join())
    throw new EngineError('StoreCorrupt', 'Its layers are not those of its configuration.')
  for (const [i, layer] of line.entries()) addLayer(store, driver, chain[i]!, layer)
  const manifestDigest = digestOf(manifestBytes)
  blobs.set(configDigest, dataFile(folder, configDigest))
  blobs.set(manifestDigest, dataFile(folder, 'manifest'))
  const digests = [...new Set([manifestDigest, ...(isDigest(image.digest ?? '') ? [image.digest!] : [])])]
  const size = line.reduce((sum, layer) => sum + sizeOf(layer), 0) + manifestBytes.length + configBytes.length
  const facts: ImageFacts = {
    os: document.os,
    architecture: document.architecture,
    variant: document.variant ?? '',
    labels: document.config.Labels ?? null,
    manifest: { mediaType: manifest.mediaType, digest: manifestDigest, size: manifestBytes.length },
    config: { mediaType: manifest.config.mediaType, digest: configDigest, size: configBytes.length },
    layers: manifest.layers.map(({ mediaType, digest, size: bytes }) => ({ mediaType, digest, size: bytes })),
    diffIds: document.diffIds,
    chain,
    store: root,
    digests,
  }
  const added = Number.isNaN(Date.parse(image.created ?? '')) ? '1970-01-01T00:00:00Z' : image.created!
  const record = { id: image.id, added, created: Math.floor(Date.parse(document.created) / 1000), size, facts }
  store.images.push({ record, names: fullNames(image.names), history: fullNames(image['names-history']) } satisfies ReadOnlyImage)
}

/** A layer and all below it, lowest first. */
function lineOf(layers: ReadonlyMap<string, StoredLayer>, top: string): StoredLayer[] {
  const line: StoredLayer[] = []
  for (let id: string | undefined = top; id;) {
    const layer = layers.get(id)
    if (!layer || !isDigest(layer['diff-digest'] ?? ''))
      throw new EngineError('StoreCorrupt', `Its layer ${id.slice(0, 12)} is missing.`)
    if (line.length >= maxLayers) throw new EngineError('StoreCorrupt', `It has more than ${maxLayers} layers.`)
    line.unshift(layer)
    id = layer.parent
  }
  return line
}

const sizeOf = (layer: StoredLayer): number => {
  const size = layer['diff-size']
  return typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : 0
}

function addLayer({ root, layers }: OtherStore, driver: StoreDriver, chainId: string, layer: StoredLayer): void {
  if (layers.has(chainId)) return
  const path = join(root, driver.folder(layer.id))
  if (!isFolderOf(root, path))
    throw new EngineError('StoreCorrupt', `The files of its layer ${layer.id.slice(0, 12)} are missing.`)
  const split = join(root, `${driver.name}-layers`, `${layer.id}.tar-split.gz`)
  const { complete } = driver
  layers.set(chainId, {
    path,
    ...(complete ? { complete } : {}),
    size: sizeOf(layer),
    names: () => tarSplitNames(split),
    tar: () => tarOf(split, path),
  })
}

/** What an image keeps beside its layers, by key. */
function readData(folder: string, key: string, maxBytes: number): Buffer {
  const file = dataFile(folder, key)
  const found = lstatSync(file, { throwIfNoEntry: false })
  if (!found?.isFile()) throw new EngineError('StoreCorrupt', `Its ${key.slice(0, 19)} is missing.`)
  if (found.size > maxBytes) throw new EngineError('TooLarge', `Its ${key.slice(0, 19)} is larger than ${maxBytes} bytes.`)
  return readPlain(file, maxBytes)
}

/** Keys of other than lower-case letters, digits and dots are files named by base64. */
function dataFile(folder: string, key: string): string {
  return join(folder, /^[0-9a-z.]+$/.test(key) ? key : `=${Buffer.from(key).toString('base64')}`)
}

function damaged(file: string, reason: string, cause?: unknown): EngineError {
  return new EngineError('StoreCorrupt', `The additional image store cannot be read: ${file} is damaged: ${reason}.`, {
    details: { file },
    cause,
  })
}
