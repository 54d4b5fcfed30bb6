export { type BlobStore, openBlobStore } from './blob-store.ts'
export type { BlobWriter } from './blob-writer.ts'
export { type HistoryEntry, type ImageDocument, type ImageRunConfig, parseImageConfig } from './config.ts'
export { decompress, type Inflate } from './decompress.ts'
export {
  type ChainId,
  chainIds,
  type Digest,
  type DiffId,
  digestOf,
  finishHash,
  hashFor,
  type ImageId,
  imageIdOf,
  isDigest,
  splitDigest,
  toDigest,
} from './digest.ts'
export { diskError } from './disk-error.ts'
export { type Descriptor, limits, type Manifest, type ManifestIndex, parseManifest } from './manifest.ts'
export { type Compression, detectCompression, layerCompression, manifestTypes, mediaTypes } from './media-types.ts'
export { formatPlatform, hostPlatform, type Platform, selectPlatform, wantedPlatform } from './platform.ts'
export {
  formatReference,
  parseReference,
  type PartialReference,
  qualify,
  type Reference,
  repositoryName,
  splitStoredName,
  toReference,
  withDefaultTag,
} from './reference.ts'
export type { DestinationTraits, ImageDestination, ImageSource, SourceManifest } from './transfer.ts'
