import { type ChainId, chainIds, digestOf, type DiffId } from '../../image/index.ts'
import { type TarInput, writeTar } from '../../lib/tar/index.ts'
import type { LayerStore } from '../layers/layer-store.ts'

export interface Layer {
  archive: Buffer
  diffId: DiffId
}

/** A layer of files by name; a name ending in a slash is a folder. */
export async function layerOf(files: Record<string, string>): Promise<Layer> {
  return packed(
    Object.entries(files).map(([path, body]) => ({
      header: {
        path: path.replace(/\/$/, ''),
        type: path.endsWith('/') ? 'directory' : 'file',
        mode: path.endsWith('/') ? 0o750 : 0o644,
        uid: 0,
        gid: 0,
        size: body.length,
        mtime: 0n,
      },
      body: [Buffer.from(body)],
    })),
  )
}

export async function packed(members: readonly TarInput[]): Promise<Layer> {
  const parts: Uint8Array[] = []
  for await (const part of writeTar(members)) parts.push(part)
  const archive = Buffer.concat(parts)
  return { archive, diffId: digestOf(archive) as unknown as DiffId }
}

export async function* once(data: Uint8Array): AsyncGenerator<Uint8Array> {
  yield data
}

/** Stores layers on top of each other; returns their chain ids. */
export async function build(store: LayerStore, layers: Layer[]): Promise<ChainId[]> {
  const chain = chainIds(layers.map(({ diffId }) => diffId))
  for (const [i, { archive, diffId }] of layers.entries()) {
    const parent = chain[i - 1]
    await store.apply({ chainId: chain[i]!, diffId, source: once(archive), ...(parent ? { parent } : {}) })
  }
  return chain
}

/** What a test works on: an empty store and an unused id. */
export interface Fixture {
  root: string
  store: LayerStore
  id: string
  /** Devices cannot be made. */
  rootless: boolean
}
