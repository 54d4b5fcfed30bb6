import { EngineError } from '../../../errors/index.ts'
import {
  type ChainId,
  type Digest,
  formatPlatform,
  hostPlatform,
  type ImageDocument,
  limits,
  parseImageConfig,
  type Platform,
} from '../../../image/index.ts'
import { type ImageName, type ImageRecord, namesOfImage } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { findInstance } from '../../manifests/instance.ts'
import { imageBlobs } from '../store/image-store.ts'

/** An image as a container is made from it. */
export interface ResolvedImage {
  /** 64 hexadecimal digits. */
  id: string
  /** The full name it was found by, else its first one, else its id. */
  name: string
  /** Newest first. */
  names: ImageName[]
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
 * @param wanted a platform that the image has to be for.
 * @throws ImageNotFound, NameAmbiguous, StoreCorrupt
 */
export async function resolveImage(context: Context, nameOrId: string, wanted?: Platform): Promise<ResolvedImage> {
  const { record, name } = findInstance(context, nameOrId, wanted ?? hostPlatform())
  const names = namesOfImage(context.database, record.id)
  const document = await readDocument(context, record)
  if (wanted) requirePlatform(nameOrId, document, wanted)
  return {
    id: record.id,
    name: name ?? names[0]?.name ?? record.id,
    names,
    digest: record.facts.manifest.digest,
    document,
    topChain: record.facts.chain.at(-1) as ChainId | undefined,
    record,
  }
}

function requirePlatform(name: string, { os, architecture, variant }: ImageDocument, wanted: Platform): void {
  const same = os === wanted.os && architecture === wanted.architecture
  if (same && (!wanted.variant || wanted.variant === variant)) return
  const found = formatPlatform({ os, architecture, ...(variant ? { variant } : {}) })
  const message = `${name}: the image here is for ${found}, not for ${formatPlatform(wanted)}: image not known; pull it for that platform.`
  throw new EngineError('ImageNotFound', message, { details: { name, platform: formatPlatform(wanted) } })
}

/** An image's config document. @throws StoreCorrupt */
export async function readDocument(context: Context, record: ImageRecord): Promise<ImageDocument> {
  const { digest, size } = record.facts.config
  const bytes = await imageBlobs(context).readStored({ digest: digest as Digest, size }, limits.configBytes)
  return parseImageConfig(bytes, `the image ${record.id.slice(0, 12)}`)
}
