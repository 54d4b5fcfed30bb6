import type { Context } from '../../context.ts'
import type { OtherLayer, OtherStore } from './other-store.ts'

const known = new WeakMap<Context, readonly OtherStore[]>()

/** The additional stores of a context, first one first; none before they were attached. */
export function otherStores(context: Context): readonly OtherStore[] {
  return known.get(context) ?? []
}

export function setOtherStores(context: Context, stores: readonly OtherStore[]): void {
  known.set(context, stores)
}

/** A layer of an additional store and all below it, highest first; nothing when none has it. */
export function otherLayers(context: Context, chainId: string): OtherLayer[] | undefined {
  for (const { images, layers } of otherStores(context)) {
    if (!layers.has(chainId)) continue
    const chain = images.map(({ record }) => record.facts.chain).find((each) => each.includes(chainId))
    if (chain)
      return chain
        .slice(0, chain.indexOf(chainId) + 1)
        .toReversed()
        .map((each) => layers.get(each)!)
  }
  return undefined
}

/** The file of a blob in an additional store. */
export function otherBlob(context: Context, digest: string): string | undefined {
  for (const { blobs } of otherStores(context)) {
    const file = blobs.get(digest)
    if (file) return file
  }
  return undefined
}
