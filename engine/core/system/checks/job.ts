import type { Output, Parsed } from '../../../contract/index.ts'
import type { BlobStore } from '../../../image/index.ts'
import type { LayerStore } from '../../../storage/index.ts'
import type { ImageRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { imageBlobs } from '../../images/store/image-store.ts'

export type Report = Output<'system.check'>

/** One check and what it has found so far. Parts run one after another: database, records, blobs, layers, images, containers, volumes. */
export interface CheckJob {
  context: Context
  layers: LayerStore
  blobs: BlobStore
  /** The store's own images with readable records; known after the check of records. */
  images: ImageRecord[]
  /** Images and artifacts whose record still cannot be read: what they need is unknown, so nothing counts as unneeded. */
  unreadable: Set<string>
  quick: boolean
  /** Repairs without loss, and removes images that cannot be repaired. */
  repair: boolean
  /** Also remove containers that are damaged, or whose image is. */
  lossy: boolean
  /** Milliseconds. */
  maxAge: number
  report: Report
  /** Digests of blobs that are missing or damaged, with the end of a sentence that says so. */
  badBlobs: Map<string, string>
  /** Chain ids of layers that are still damaged. */
  badLayers: Set<string>
  /** The amount of remaining damage. */
  remaining: number
  signal: AbortSignal | undefined
}

/** @param maxAge milliseconds */
export async function openJob(
  context: Context,
  input: Parsed<'system.check'>,
  maxAge: number,
  signal: AbortSignal | undefined,
): Promise<CheckJob> {
  return {
    context,
    layers: await context.layers(),
    blobs: imageBlobs(context),
    images: [],
    unreadable: new Set(),
    quick: input.quick,
    repair: input.repair || input.repair_lossy,
    lossy: input.repair_lossy,
    maxAge,
    report: {
      Errors: false,
      Layers: {},
      ROLayers: {},
      RemovedLayers: [],
      Images: {},
      ROImages: {},
      RemovedImages: {},
      Containers: {},
      RemovedContainers: {},
      Blobs: {},
      Records: {},
      Volumes: {},
      Repaired: [],
    },
    badBlobs: new Map(),
    badLayers: new Set(),
    remaining: 0,
    signal,
  }
}

/** Reports a repair, as a sentence. */
export function repaired({ report }: CheckJob, sentence: string): void {
  report.Repaired?.push(sentence)
}

/** A name of an image for sentences. */
export function shortId(id: string): string {
  return id.slice(0, 12)
}
