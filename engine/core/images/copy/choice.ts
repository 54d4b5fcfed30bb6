import type { Digest, ImageSource, Platform, SourceManifest } from '../../../image/index.ts'
import type { Context } from '../../context.ts'
import type { Destination } from '../transports/index.ts'
import type { TransferProgress } from './progress.ts'
import type { ChosenCompression } from './recompress.ts'
import type { TrustChoice } from '../trust/require-trust.ts'
import type { SigningChoice } from './signatures.ts'

/** What is copied, where to, and how. */
export interface CopyInput extends SigningChoice {
  context: Context
  /** Its opener closes it. */
  source: ImageSource
  destination: Destination
  progress: TransferProgress
  signal: AbortSignal
  /** Of a list: the image for one platform (`system`, the default), all of them with the list, or the list alone. */
  images?: 'system' | 'all' | 'index-only' | undefined
  /** Whose image is taken, with `system`; this machine's where not given. */
  platform?: Partial<Platform> | undefined
  format?: 'oci' | 'v2s2' | 'v2s1' | '' | undefined
  /** Layers in another compression are compressed anew. Without it only uncompressed ones are, and only for places that want that. */
  compressionFormat?: 'gzip' | 'zstd' | 'zstd:chunked' | '' | undefined
  compressionLevel?: number | undefined
  /** With all images of a list: compressions that each platform is to have an image in, in addition to what it has. */
  addCompression?: readonly ChosenCompression[] | undefined
  /** As others have it: no layer counts as sent because the other side has it in another compression. Berth never does that. */
  forceCompressionFormat?: boolean | undefined
  /** How many blobs are sent at once. */
  parallelCopies?: number | undefined
  /** The name that new signatures claim, where it is not the destination's. */
  signIdentity?: string | undefined
  /** Which policy.json counts, where another than the usual one does. */
  trust?: TrustChoice | undefined
  /** Sends nothing of an image whose manifest the destination has under the same name, if nothing is signed. */
  skipExisting?: boolean | undefined
  /** Fails rather than change a byte of a manifest. */
  preserveDigests?: boolean | undefined
}

export interface CopyResult {
  /** Of the manifest, or list, that was written under the destination's name. */
  digest: Digest
  /** Absent where the destination fetched it by itself. */
  manifest?: SourceManifest
}
