import { readFileSync } from 'node:fs'

import type { ChainId, Digest } from '../../../image/index.ts'
import {
  allImageNames,
  allImages,
  allNameHistory,
  containersByImage,
  type ImageName,
  type ImageRecord,
} from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { warnOfDamage } from '../../damaged-records.ts'
import { otherLayers } from '../additional/attached.ts'
import type { Candidate } from '../listing/filter.ts'
import { imageBlobs } from '../store/image-store.ts'

/** A snapshot of all images and their relations. Shared: do not change it. */
export interface ImageSet {
  /** Newest first. */
  records: readonly ImageRecord[]
  /** An image's facts for filters. */
  candidate(record: ImageRecord): Candidate
  names(id: string): readonly ImageName[]
  /** Names it has or had. */
  history(id: string): readonly string[]
  /** Images whose topmost layer it is. */
  onTop(chainId: string): readonly ImageRecord[]
  /** The image it was made from by one more step of history, if that is here. */
  parent(id: string): string | undefined
  /** Images that were made from it by one more step. */
  children(id: string): readonly string[]
  /** Bytes of a layer's content; 0 when the layer is missing. */
  layerSize(chainId: string): number
  /** Bytes of the layers that other images have as well. */
  sharedSize(record: ImageRecord): number
  /** How many images have the layer. */
  users(chainId: string): number
}

const known = new WeakMap<Context, { version: string; set: ImageSet }>()

/** All images as they are now; read again only if the store changed since the last call. */
export async function currentImages(context: Context): Promise<ImageSet> {
  const before = known.get(context)
  if (before && before.version === context.database.version()) return before.set
  const layers = await context.layers()
  // Taken before the rows: a change in between is then noticed at the next call.
  const version = context.database.version()
  const set = readImages(context, (chainId) => {
    const id = chainId as ChainId
    return layers.has(id) ? layers.record(id).size : (otherLayers(context, chainId)?.[0]?.size ?? 0)
  })
  known.set(context, { version, set })
  return set
}

function readImages(context: Context, sizeOf: (chainId: string) => number): ImageSet {
  const { database } = context
  const records = allImages(database, warnOfDamage(context))
  const names = Map.groupBy(allImageNames(database), ({ image }) => image)
  const containers = containersByImage(database)
  const history = lazy(() => allNameHistory(database))
  const tops = lazy(() => Map.groupBy(records, ({ facts }) => facts.chain.at(-1) ?? ''))
  const family = lazy(() => findParents(context, records, tops()))
  const users = lazy(() => countUsers(records))
  const sizes = new Map<string, number>()
  const layerSize = (chainId: string): number => {
    const found = sizes.get(chainId)
    if (found !== undefined) return found
    const size = sizeOf(chainId)
    sizes.set(chainId, size)
    return size
  }
  const namesOf = (id: string): readonly ImageName[] => names.get(id) ?? []
  const children = (id: string): readonly string[] => family().children.get(id) ?? []
  return {
    records,
    candidate: (record) => ({
      record,
      names: namesOf(record.id),
      containers: containers.get(record.id) ?? 0,
      readOnly: record.facts.store !== undefined,
      get children() {
        return children(record.id).length > 0
      },
    }),
    names: namesOf,
    history: (id) => history().get(id) ?? [],
    onTop: (chainId) => tops().get(chainId) ?? [],
    parent: (id) => family().parents.get(id),
    children,
    layerSize,
    sharedSize: ({ facts }) =>
      facts.chain.reduce((sum, chainId) => ((users().get(chainId) ?? 0) > 1 ? sum + layerSize(chainId) : sum), 0),
    users: (chainId) => users().get(chainId) ?? 0,
  }
}

function countUsers(records: readonly ImageRecord[]): Map<string, number> {
  const users = new Map<string, number>()
  for (const { facts } of records) for (const chainId of new Set(facts.chain)) users.set(chainId, (users.get(chainId) ?? 0) + 1)
  return users
}

/** An image's history never changes: its id is the digest of the document that holds it. */
const knownSteps = new WeakMap<Context, Map<string, string[] | undefined>>()

interface Family {
  parents: Map<string, string>
  children: Map<string, string[]>
}

/** As podman: the parent has all but the last step of the history, and the same layers or all but the topmost. */
function findParents(
  context: Context,
  records: readonly ImageRecord[],
  tops: ReadonlyMap<string, readonly ImageRecord[]>,
): Family {
  const before = knownSteps.get(context)
  const steps = new Map<string, string[] | undefined>()
  // Only those of images that are still there are kept on.
  knownSteps.set(context, steps)
  const stepsOf = (record: ImageRecord): string[] | undefined => {
    if (!steps.has(record.id)) steps.set(record.id, before?.get(record.id) ?? readSteps(context, record))
    return steps.get(record.id)
  }
  const family: Family = { parents: new Map(), children: new Map() }
  for (const child of records) {
    const { chain } = child.facts
    const near = [...(tops.get(chain.at(-1) ?? '') ?? []), ...(chain.length > 0 ? (tops.get(chain.at(-2) ?? '') ?? []) : [])]
    const parent = near.find((each) => each.id !== child.id && isStepBefore(stepsOf(each), stepsOf(child)))
    if (!parent) continue
    family.parents.set(child.id, parent.id)
    family.children.set(parent.id, [...(family.children.get(parent.id) ?? []), child.id])
  }
  return family
}

function isStepBefore(parent: string[] | undefined, child: string[] | undefined): boolean {
  return parent !== undefined && child?.length === parent.length + 1 && parent.every((step, i) => step === child[i])
}

/** The steps of an image's history as comparable text; nothing when its configuration cannot be read. */
function readSteps(context: Context, { facts }: ImageRecord): string[] | undefined {
  if (facts.list) return undefined
  try {
    const document = JSON.parse(readFileSync(imageBlobs(context).path(facts.config.digest as Digest), 'utf8')) as {
      history?: unknown
    }
    return Array.isArray(document.history) ? document.history.map((step) => JSON.stringify(step)) : []
  } catch {
    return undefined
  }
}

function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}
