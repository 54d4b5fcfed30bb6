import type { Digest, ImageDestination, ImageSource, Platform, Reference } from '../../../image/index.ts'
import type { TransferProgress } from '../copies/progress.ts'
import type { TrustChoice } from '../trust/require-trust.ts'

/** The access to one side of a transfer. A transport ignores what it does not need. */
export interface Access {
  /** `user:password`. */
  credentials?: string
  /** Looks for no credentials. */
  anonymous?: boolean
  authfile?: string
  certDir?: string
  /** Overrides registries.conf on plain HTTP and unknown certificates. */
  tlsVerify?: boolean
  retry?: number
  /** A duration such as `2s`. */
  retryDelay?: string
  /** A bearer token to use instead of a login. */
  registryToken?: string
  signal?: AbortSignal
  /** Where an `oci:` layout has its blobs instead of below itself. */
  sharedBlobDir?: string
  /** The socket or address of a docker daemon. */
  daemonHost?: string
}

/** Options of a destination. */
export interface DestinationAccess extends Access {
  /** More names for the image, where the place has names. */
  additionalTags?: readonly string[]
  /** The name of where the image comes from, asked for when blobs are sent: they may be mounted from there. */
  from?: () => Reference | undefined
  /** Takes uncompressed layers as they are where they would be compressed otherwise (`oci:`). */
  acceptUncompressed?: boolean
  /** Stores layers compressed where they would be kept as they are (`dir:`). */
  compress?: boolean
  /** Stores layers uncompressed (`dir:`). */
  decompress?: boolean
}

/** The input of a destination that fetches by itself. */
export interface FetchChoice {
  /** The platform whose image is taken, where the caller named one. */
  platform?: Partial<Platform>
  progress: TransferProgress
  signal: AbortSignal
  trust?: TrustChoice
}

/** A destination of any kind. */
export interface Destination extends ImageDestination {
  /**
   * Fetches one image (for this platform, if the source is an index) by itself, instead of having it written: into the store,
   * layers are unpacked as they come. Only `commit` or `discard` is called then.
   * @returns the digest of the image's manifest.
   */
  fetch?(source: ImageSource, choice: FetchChoice): Promise<Digest>
}
