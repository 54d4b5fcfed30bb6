import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import type { Digest } from '../../../image/index.ts'
import { allImages, blobsOfArtifacts, blobsOfManifestLists, type OnDamaged } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { imageBlobs, withExclusiveLock } from './image-store.ts'

/** Digests of blobs that something other than an image needs; loaded when something is removed. */
const otherNeeds: readonly ((context: Context, damaged?: OnDamaged) => Promise<Iterable<string>>)[] = [
  async ({ database }, damaged) => blobsOfManifestLists(database, damaged),
  async ({ database }, damaged) => blobsOfArtifacts(database, damaged),
]

/**
 * Garbage-collects layers and blobs that no image needs. Images that containers use are never removed, so their layers stay. While
 * other processes add or read some, nothing is removed: the last of them does it.
 * @param options.partial also removes unfinished downloads and leftovers of crashed processes.
 */
export async function collect(context: Context, options: { partial?: boolean } = {}): Promise<void> {
  await withExclusiveLock(context, () => collectLocked(context, options))
}

/**
 * {@link collect} for callers that are inside {@link withExclusiveLock} already. While a record that may need some of them cannot be read,
 * nothing is removed, with a warning.
 */
export async function collectLocked(context: Context, options: { partial?: boolean } = {}): Promise<void> {
  const found = await needed(context).catch((error: unknown) => {
    if (!EngineError.is(error, 'StoreCorrupt')) throw error
    context.log.warn(`Unused layers and blobs are kept for now. ${error.message}`)
    return undefined
  })
  if (found) await removeOthers(context, found, options)
}

async function removeOthers(context: Context, { chains, digests }: Needed, options: { partial?: boolean }): Promise<void> {
  const layers = await context.layers()
  const blobs = imageBlobs(context)
  for (const chain of layers.list()) {
    if (!chains.has(chain)) await layers.remove(chain)
  }
  for (const digest of blobs.list()) {
    if (!digests.has(digest)) blobs.remove(digest)
  }
  if (!options.partial) return
  for (const digest of blobs.listPartial()) {
    // Also takes a complete blob of that digest, which is why referenced ones are left.
    if (!digests.has(digest as Digest)) blobs.remove(digest)
    else rmSync(join(context.root, 'blobs', 'partial', digest.replace(':', '-')), { force: true })
  }
  removeTemporary(join(context.root, 'blobs'))
  await (await import('../../system/checks/orphans.ts')).removeOrphans(context)
  await (await import('../../volumes/removal.ts')).finishRemovals(context)
  await layers.sweep()
}

/** Chain ids of layers and digests of blobs that must stay. */
interface Needed {
  chains: Set<string>
  digests: Set<string>
}

/**
 * What is needed by images, manifest lists and artifacts.
 *
 * @param damaged without it, one that cannot be read fails all: anything missing from the result would be removed.
 * @throws EngineError `StoreCorrupt`
 */
export async function needed(context: Context, damaged?: OnDamaged): Promise<Needed> {
  // An additional store keeps its own.
  const images = allImages(context.database, damaged).filter(({ facts }) => facts.store === undefined)
  const others = await Promise.all(otherNeeds.map((find) => find(context, damaged)))
  return {
    chains: new Set(images.flatMap(({ facts }) => facts.chain)),
    digests: new Set([
      ...others.flatMap((found) => [...found]),
      ...images.flatMap(({ facts }) => [
        facts.config.digest,
        facts.manifest.digest,
        ...facts.digests,
        ...facts.layers.map(({ digest }) => digest),
      ]),
    ]),
  }
}

/** What a process wrote under a temporary name before it was killed. */
function removeTemporary(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTemporary(join(folder, entry.name))
    else if (/^\..*\.[0-9a-f]{12}\.tmp$/.test(entry.name)) rmSync(join(folder, entry.name), { force: true })
  }
}
