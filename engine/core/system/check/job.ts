import type { Output, Parsed } from '../../../contract/index.ts'
import type { BlobStore } from '../../../image/index.ts'
import type { LayerStore } from '../../../storage/index.ts'
import { allImages, type ImageRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { imageBlobs } from '../../images/store.ts'

export type Report = Output<'system.check'>

/** One check and what it has found so far. Parts of it run one after another: database, blobs, layers, images, containers. */
export interface CheckJob {
  context: Context
  layers: LayerStore
  blobs: BlobStore
  images: ImageRecord[]
  quick: boolean
  /** Mend what can be mended without loss, and remove images that cannot. */
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
  /** How much damage there still is. */
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
    images: allImages(context.database).filter(({ facts }) => facts.store === undefined),
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
      Repaired: [],
    },
    badBlobs: new Map(),
    badLayers: new Set(),
    remaining: 0,
    signal,
  }
}

/** Notes that something was put right, as a sentence. */
export function repaired({ report }: CheckJob, sentence: string): void {
  report.Repaired?.push(sentence)
}

/** A name of an image for sentences. */
export function shortId(id: string): string {
  return id.slice(0, 12)
}
