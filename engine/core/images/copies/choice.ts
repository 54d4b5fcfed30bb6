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
  /**
   * Layers in another compression are recompressed. Without it only uncompressed ones are, and only for destinations that require
   * it.
   */
  compressionFormat?: 'gzip' | 'zstd' | 'zstd:chunked' | '' | undefined
  compressionLevel?: number | undefined
  /** With all images of a list: compressions that each platform is to have an image in, in addition to what it has. */
  addCompression?: readonly ChosenCompression[] | undefined
  /**
   * Accepted for compatibility: no layer counts as sent because the destination has it in another compression. Berth never does
   * that.
   */
  forceCompressionFormat?: boolean | undefined
  /** Blobs that are sent concurrently. */
  parallelCopies?: number | undefined
  /** The name that new signatures claim, where it is not the destination's. */
  signIdentity?: string | undefined
  /** The policy.json that applies, if not the default one. */
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
