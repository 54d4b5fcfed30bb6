import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import type { Digest } from '../../image/index.ts'
import { allImages, blobsOfArtifacts, blobsOfManifestLists } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { imageBlobs, whileRemoving } from './store.ts'

/** Digests of blobs that something other than an image needs; loaded when something is removed. */
const otherNeeds: readonly ((context: Context) => Promise<Iterable<string>>)[] = [
  async ({ database }) => blobsOfManifestLists(database),
  async ({ database }) => blobsOfArtifacts(database),
]

/**
 * Removes layers and blobs that no image needs. Images that containers use are never removed, so their layers stay.
 * While a pull is going on nothing is done: what is left over goes with the next removal.
 * @param options.partial takes unfinished downloads and what crashed processes left, too.
 */
export async function collect(context: Context, options: { partial?: boolean } = {}): Promise<void> {
  await whileRemoving(context, () => collectLocked(context, options))
}

/** {@link collect} for whoever is inside {@link whileRemoving} already. */
export async function collectLocked(context: Context, options: { partial?: boolean } = {}): Promise<void> {
  const layers = await context.layers()
  const blobs = imageBlobs(context)
  const { chains, digests } = await needed(context)
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
  await (await import('../system/check/orphans.ts')).removeOrphans(context)
  await layers.sweep()
}

/** Chain ids of layers and digests of blobs that may not go. */
export async function needed(context: Context): Promise<{ chains: Set<string>; digests: Set<string> }> {
  // An additional store keeps its own.
  const images = allImages(context.database).filter(({ facts }) => facts.store === undefined)
  const others = await Promise.all(otherNeeds.map((find) => find(context)))
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
