export { type ArtifactParts, emptyBlob, emptyDescriptor, fileNameOf, formatArtifact, titleAnnotation } from './artifact.ts'
export { type ArchiveFile, archiveInvalid, archiveLimits, type ArchiveMember, openArchiveFile } from './archive-file.ts'
export { type BlobStore, openBlobStore, readVerified } from './blob-store.ts'
export { type BlobWriter, readPieces } from './blob-writer.ts'
export { type HistoryEntry, type ImageDocument, type ImageRunConfig, parseImageConfig } from './config.ts'
export {
  type IndexChanges,
  layerType,
  type ManifestFamily,
  manifestFamily,
  type NewLayer,
  type Rewritten,
  rewriteIndex,
  rewriteManifest,
  usesZstd,
} from './convert.ts'
export { decompress, decompressWithin, type Inflate } from './decompress.ts'
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
export { contentType, extensionType, sniffBytes } from './content-type.ts'
export { dockerArchiveSource, type DockerArchiveImage, readDockerArchive } from './docker-archive.ts'
export { diskError } from './disk-error.ts'
export {
  addEntry,
  chooseEntry,
  emptyLayoutIndex,
  entryNames,
  formatLayoutIndex,
  layoutBlob,
  type LayoutIndex,
  layoutManifestTypes,
  layoutMarker,
  parseLayoutIndex,
  refName,
} from './layout.ts'
export {
  addListEntry,
  describeImageList,
  formatImageList,
  type ImageList,
  type ListEntry,
  listEntry,
  type ListPlatform,
  parseImageList,
  removeListEntry,
} from './image-list.ts'
export {
  type Descriptor,
  isArtifact,
  limits,
  type Manifest,
  type ManifestIndex,
  parseAnyManifest,
  parseJson,
  parseManifest,
  toTextMap,
} from './manifest.ts'
export {
  type Compression,
  detectCompression,
  isForeignLayer,
  layerCompression,
  manifestTypes,
  mediaTypes,
} from './media-types.ts'
export { goMarshal } from './go-marshal.ts'
export { containerdName, entryName, isOciArchive, ociArchiveSource, readOciArchive } from './oci-archive.ts'
export { formatPlatform, hostPlatform, type Platform, selectPlatform, wantedPlatform } from './platform.ts'
export {
  formatReference,
  isTag,
  parseReference,
  type PartialReference,
  qualify,
  type Reference,
  repositoryName,
  splitStoredName,
  toReference,
  withDefaultTag,
} from './reference.ts'
export type { BlobBytes, DestinationTraits, ImageDestination, ImageSource, SourceManifest } from './transfer.ts'
export { hasTransport, parseTransport, splitPath, type Transport, type TransportName, transports } from './transport-name.ts'
export * from './signing/index.ts'
