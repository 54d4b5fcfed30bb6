import type { ChainId, DiffId } from '../image/index.ts'
import type { ExaminedLayer } from './examine.ts'
import type { UnpackedLayer, UnpackJob } from './unpack.ts'

/** Content of a layer to be stored. */
export interface LayerContent {
  chainId: ChainId
  /** What the uncompressed bytes must hash to. */
  diffId: DiffId
  /** Bytes of the compressed form, if any: bounds how far it may inflate. */
  compressedSize?: number
}

/** A layer that comes as its uncompressed tar, which is left early when the layer is refused. */
export interface LayerInput extends LayerContent {
  source: AsyncIterable<Uint8Array>
  signal?: AbortSignal
}

/** A layer that somebody else unpacks (by `unpackLayer`, on another thread) into the folder it is told. */
export interface UnpackedInput extends LayerContent {
  unpack(job: UnpackJob): Promise<UnpackedLayer>
}

/** A layer that is unpacked and verified but not yet visible. Whoever staged it calls `commit` or `discard`. */
export interface StagedLayer {
  readonly chainId: ChainId
  /** Bytes of the uncompressed tar. */
  readonly size: number
  /** Makes it visible, atomically. `parent` must be stored already. Another process may have stored the same layer: no failure. */
  commit(parent?: ChainId): Promise<void>
  /** Removes it. Idempotent, and nothing after `commit`. */
  discard(): Promise<void>
}

/** What is known of a stored layer. */
export interface LayerRecord {
  chainId: ChainId
  diffId: DiffId
  parent?: ChainId
  /** Bytes of the uncompressed tar. */
  size: number
}

export interface MountOptions {
  readonly?: boolean
  /** Leaves out all syncing of the container's own writes: for containers that are removed when they end. */
  volatile?: boolean
  /** The mount's SELinux context. */
  selinuxLabel?: string
}

/** Folders of a container's own file system. */
export interface SnapshotPaths {
  upper: string
  work: string
  /** Where it is mounted. */
  merged: string
}

/**
 * Image layers, and mountable file systems (snapshots) on top of them. Several processes may use one store at once.
 *
 * Guarantees every driver gives (./suite.ts tests them): a layer is visible only whole and verified; nothing of a refused layer
 * stays; no member of a layer is ever written outside it; a crash leaves at most files under `staging/`, which
 * {@link LayerStore.sweep} removes. Whoever removes a layer has made sure that no image, layer or snapshot needs it.
 */
export interface LayerStore {
  /** The driver's name as `info` shows it. */
  readonly driver: 'overlay' | 'vfs'
  readonly root: string
  has(chainId: ChainId): boolean
  /** @throws LayerNotFound */
  record(chainId: ChainId): LayerRecord
  list(): ChainId[]
  /** The folder that holds the layer's own files. */
  path(chainId: ChainId): string
  /**
   * Unpacks and verifies a layer without making it visible. May run for several layers of an image at once.
   * @throws LayerInvalid (damaged or hostile), DigestMismatch, SubidMissing, DiskFull, Cancelled
   */
  stage(input: LayerInput | UnpackedInput): Promise<StagedLayer>
  /** {@link LayerStore.stage} and commit. A layer that is there already is left, and `source` unread. */
  apply(input: LayerInput & { parent?: ChainId }): Promise<LayerRecord>
  /** Idempotent. */
  remove(chainId: ChainId): Promise<void>

  /** Makes an empty file system on top of `parent` (or of nothing). A few system calls, synchronous. @throws LayerNotFound, StoreUnavailable */
  createSnapshot(id: string, options: { parent?: ChainId }): void
  /** Mounts it and returns where. Idempotent while it is mounted. @throws LayerNotFound, StoreUnavailable */
  mountSnapshot(id: string, options?: MountOptions): string
  isMounted(id: string): boolean
  /** Idempotent. */
  unmountSnapshot(id: string): void
  /** Unmounts and removes. Idempotent. */
  removeSnapshot(id: string): Promise<void>
  snapshotPaths(id: string): SnapshotPaths
  /** What the container itself wrote: bytes of files, and their number. */
  snapshotUsage(id: string): Promise<{ size: number; inodes: number }>

  /** What is wrong with a layer that can be seen without reading its files, as ends of sentences. */
  layerProblems(chainId: ChainId): string[]
  /**
   * Unpacks a layer once more and compares every file with what is there. With `mend`, the fresh files then take the place of
   * the damaged ones, under the same short name: no container with the layer may be mounted meanwhile.
   * @returns what was wrong. @throws as {@link LayerStore.stage} when the source is not the layer.
   */
  examine(input: ExaminedLayer): Promise<string[]>
  /** Ids of all snapshots, also of those that were only begun. */
  snapshots(): string[]
  snapshotProblems(id: string): string[]
  /** Makes the list of a snapshot's layers again. @returns false when what was written in it is gone. @throws LayerNotFound */
  mendSnapshot(id: string, parent: ChainId | undefined): boolean
  /** Removes what processes that no longer run left half-done. */
  sweep(): Promise<void>
}
