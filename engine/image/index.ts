export {
  type ArtifactParts,
  emptyBlob,
  emptyDescriptor,
  fileNameOf,
  formatArtifact,
  titleAnnotation,
} from './manifest/artifact.ts'
export {
  type ArchiveContent,
  type ArchiveFile,
  archiveInvalid,
  archiveLimits,
  type ArchiveMember,
  type ArchivePlace,
  openArchiveFile,
  wholeArchive,
} from './archive/archive-file.ts'
export { type BlobStore, openBlobStore, readVerified } from './blobs/blob-store.ts'
export { type BlobWriter, readPieces } from './blobs/blob-writer.ts'
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
} from './manifest/convert.ts'
export { decompress, decompressWithin, type Inflate } from './blobs/decompress.ts'
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
export { contentType, extensionType, sniffBytes } from './manifest/content-type.ts'
export { dockerArchiveSource, type DockerArchiveImage, readDockerArchive } from './archive/docker-archive.ts'
export { diskError } from './blobs/disk-error.ts'
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
} from './manifest/image-list.ts'
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
} from './manifest/manifest.ts'
export {
  type Compression,
  detectCompression,
  isForeignLayer,
  layerCompression,
  manifestTypes,
  mediaTypes,
} from './manifest/media-types.ts'
export { goMarshal } from './manifest/go-marshal.ts'
export { containerdName, entryName, isOciArchive, ociArchiveSource, readOciArchive } from './archive/oci-archive.ts'
export { selectPlatform } from './manifest/select-platform.ts'
export { formatPlatform, hostPlatform, type Platform, wantedPlatform } from './platform.ts'
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
