import { type ChainId, type Digest, type ImageDocument, limits, parseImageConfig } from '../../image/index.ts'
import { type ImageRecord, namesOfImage } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { findInstance } from '../manifests/instance.ts'
import { imageBlobs } from './store.ts'

/** An image as a container is made from it. */
export interface ResolvedImage {
  /** 64 hexadecimal digits. */
  id: string
  /** The full name it was found by, else its first one, else its id. */
  name: string
  names: string[]
  /** The manifest's digest. */
  digest: string
  /** The whole config document; `document.config` is what containers inherit. */
  document: ImageDocument
  /** What a snapshot is made on; nothing for an image without layers. */
  topChain: ChainId | undefined
  record: ImageRecord
}

/**
 * Finds an image in the store, of a manifest list the one for this platform, and reads its config.
 * @throws ImageNotFound, NameAmbiguous, StoreCorrupt
 */
export async function resolveImage(context: Context, nameOrId: string): Promise<ResolvedImage> {
  const { record, name } = findInstance(context, nameOrId)
  const names = namesOfImage(context.database, record.id).map((each) => each.name)
  return {
    id: record.id,
    name: name ?? names[0] ?? record.id,
    names,
    digest: record.facts.manifest.digest,
    document: await readDocument(context, record),
    topChain: record.facts.chain.at(-1) as ChainId | undefined,
    record,
  }
}

/** An image's config document. @throws StoreCorrupt */
export async function readDocument(context: Context, record: ImageRecord): Promise<ImageDocument> {
  const { digest, size } = record.facts.config
  const bytes = await imageBlobs(context).readKept({ digest: digest as Digest, size }, limits.configBytes)
  return parseImageConfig(bytes, `the image ${record.id.slice(0, 12)}`)
}
