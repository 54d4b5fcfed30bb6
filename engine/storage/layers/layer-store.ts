import type { ChainId, DiffId } from '../../image/index.ts'
import type { IdMappings } from '../../spec/id-map.ts'
import type { LayerRecord } from './layer-record.ts'
import type { Marks } from './marks.ts'
import type { BinaryPath } from '../paths.ts'
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

/** A layer that is unpacked elsewhere (by `unpackLayer`, on another thread) into the folder it is given. */
export interface UnpackedInput extends LayerContent {
  unpack(job: UnpackJob): Promise<UnpackedLayer>
}

/** A layer that is unpacked and verified but not yet visible. The caller calls `commit` or `discard`. */
export interface StagedLayer {
  readonly chainId: ChainId
  /** Bytes of the uncompressed tar. */
  readonly size: number
  /** Makes it visible, atomically. `parent` must be stored already. Another process may have stored the same layer: no failure. */
  commit(parent?: ChainId): Promise<void>
  /** Removes it. Idempotent; does nothing after `commit`. */
  discard(): Promise<void>
}

/** A layer as its image describes it, and its uncompressed tar. */
export interface ExaminedLayer {
  chainId: ChainId
  diffId: DiffId
  parent?: ChainId
  source: AsyncIterable<Uint8Array>
  compressedSize?: number
  /** Repairs a damaged layer. */
  repair: boolean
}

export interface MountOptions {
  readonly?: boolean
  /** Leaves out all syncing of the container's own writes: for containers that are removed when they end. */
  volatile?: boolean
  /** The mount's SELinux context. */
  selinuxLabel?: string
}

/** How {@link LayerStore.mountLayers} mounts. */
export interface LayersMount {
  parent?: ChainId
  /** The container's that sees them. */
  id: string
  /** A folder in the store, made when missing, for what is written. */
  own: string
  readonly: boolean
  /** As in {@link LayerStore.createSnapshot}. */
  ids?: IdMappings
}

/** Folders of a container's own file system. */
export interface SnapshotPaths {
  upper: string
  work: string
  /** Where it is mounted. */
  merged: string
}

/** What a container changed in its file system. */
export interface SnapshotChanges {
  /** The folder that holds it. Overlay's marks in it are removals. */
  root: string
  /** Only these paths below it, relative and with all folders on their way, are changes; all when not given. */
  only?: ReadonlySet<BinaryPath>
  /** Names that were removed, besides those that are marked. */
  removed: string[]
  /** Owners are those outside of a user namespace with these ids. */
  ids?: IdMappings
}

/**
 * Image layers, and mountable file systems (snapshots) on top of them. Several processes may use one store at once.
 *
 * Guarantees every driver gives (./suite.ts tests them): a layer becomes visible only when complete and verified; nothing of a
 * refused layer stays; no member of a layer is ever written outside it; a crash leaves at most files under `staging/`, which {@link
 * LayerStore.sweep} removes. The caller of a removal has made sure that no image, layer or snapshot needs the layer.
 */
export interface LayerStore {
  /** The driver's name as `info` shows it. */
  readonly driver: 'overlay' | 'vfs'
  readonly root: string
  /** Driver facts for `info`. */
  readonly status: Readonly<Record<string, string>>
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
  /** {@link LayerStore.stage} and commit. If the layer exists already, `source` is not read. */
  apply(input: LayerInput & { parent?: ChainId }): Promise<LayerRecord>
  /** Idempotent. */
  remove(chainId: ChainId): Promise<void>

  /**
   * Makes a file system on top of `parent` (or of nothing): with overlay a few system calls, with vfs a copy of all files.
   * With `ids` the files have the owners that a user namespace with these ids needs: the layers' own are shown so where the kernel can
   * (idmapped mounts, root alone), otherwise a copy is made, once for each image and mapping.
   * On failure {@link LayerStore.removeSnapshot} removes what is left of it.
   * @throws LayerNotFound, StoreUnavailable, DiskFull, SubidMissing
   */
  createSnapshot(id: string, options: { parent?: ChainId; ids?: IdMappings }): Promise<void>
  /** Mounts it and returns where. Idempotent while it is mounted. @throws LayerNotFound, StoreUnavailable */
  mountSnapshot(id: string, options?: MountOptions): string
  /**
   * Mounts layers elsewhere than a snapshot, for as long as the caller lets it be.
   * @throws LayerNotFound, StoreUnavailable, NotSupported
   */
  mountLayers(target: string, options: LayersMount): Promise<void>
  isMounted(id: string): boolean
  /** Does not make this thread wait for the disk. Nothing else may mount it meanwhile. Idempotent. */
  unmountSnapshot(id: string): Promise<void>
  /** Idempotent. */
  unmountSnapshotSync(id: string): void
  /** Unmounts and removes. Idempotent. */
  removeSnapshot(id: string): Promise<void>
  snapshotPaths(id: string): SnapshotPaths
  /** What the container itself wrote: bytes of files, and their number. */
  snapshotUsage(id: string): Promise<{ size: number; inodes: number }>
  /** What the container changed, for archives of it. */
  snapshotChanges(id: string): Promise<SnapshotChanges>
  /**
   * Changes a snapshot that is not mounted as a layer on top of it would.
   * @param write unpacks the layer into a folder, with removals marked as `write` is told to, and returns the folders that no
   *   member described.
   */
  writeSnapshot(id: string, write: (root: string, marks: Marks) => Promise<readonly BinaryPath[]>): Promise<void>

  /** Problems of a layer that show without reading its files, as ends of sentences. */
  layerProblems(chainId: ChainId): string[]
  /**
   * Unpacks a layer once more and compares every file with what is there. With `repair`, the fresh files then replace the damaged
   * ones, under the same short name: no container with the layer may be mounted meanwhile.
   * @returns what was wrong. @throws as {@link LayerStore.stage} when the source is not the layer.
   */
  examine(input: ExaminedLayer): Promise<string[]>
  /** Ids of all snapshots, also of those that were only begun. */
  snapshots(): string[]
  snapshotProblems(id: string): string[]
  /** Rebuilds the list of a snapshot's layers. @returns false when what was written in it is gone. @throws LayerNotFound */
  repairSnapshot(id: string, parent: ChainId | undefined): boolean
  /** Removes unfinished work of processes that have ended. */
  sweep(): Promise<void>
}
