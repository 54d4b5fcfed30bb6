import type { ReadOnlyImage } from '../../../store/index.ts'

/** A layer of a store that is only read. */
export interface OtherLayer {
  /** The folder with its files. */
  path: string
  /** Bytes of its uncompressed tar, where known. */
  size: number
  /** Names of all members of its tar, for whoever needs to know what its marks mean; nothing where they are not known. */
  names?: () => AsyncIterable<string> | Iterable<string>
  /** Its uncompressed tar, built again. */
  tar?: () => AsyncIterable<Uint8Array>
}

/** A store that is only read: another Berth's, or one of containers/storage. */
export interface OtherStore {
  root: string
  images: ReadOnlyImage[]
  /** By chain id. */
  layers: Map<string, OtherLayer>
  /** Files of blobs (manifests, configurations and, where kept, layers), by digest. */
  blobs: Map<string, string>
  /** What could not be used, as sentences. */
  notes: string[]
}
