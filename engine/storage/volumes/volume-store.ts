import type { ProjectLimits } from '../../lib/sys/index.ts'

/** Runs `work` while the lock of a volume's name is held: exclusive, or shared with others. Not re-entrant. */
export type VolumeLock = <T>(name: string, work: () => Promise<T> | T, options?: VolumeLockOptions) => Promise<T>

export interface VolumeLockOptions {
  /** Gives up waiting for the lock with `Cancelled`. */
  signal?: AbortSignal
  shared?: boolean
}

/** Volumes whose locks are shared. */
export interface SharedVolumes {
  /** Creates an empty volume atomically. A few system calls, synchronous. @returns false when it is there already. */
  make(name: string): boolean
  /**
   * Bounds what a volume may take, by a quota of the file system's. Synchronous; a fill counts. On ext4 it does not bind privileged
   * containers (CAP_SYS_RESOURCE).
   *
   * @throws EngineError `NotSupported` where the file system has no project quotas, or for others than root.
   */
  limit(name: string, limits: ProjectLimits): void
}

/** A volume that was moved away from its name; no lookup finds it any more. */
export interface DetachedVolume {
  /** The folder of its files. */
  readonly path: string
  /** Gives it its name back. Only while its lock is still held. */
  reattach(): void
  /** Removes its files. Idempotent, and needs no lock. */
  discard(): Promise<void>
}

/** A volume whose exclusive lock is held. It need not exist. */
export interface LockedVolume extends SharedVolumes {
  readonly name: string
  /** Whether its files are there. */
  isPresent(): boolean
  /** Whether it has no files. */
  isEmpty(): boolean
  /** Whether a process was killed while it filled the volume. */
  isInterrupted(): boolean
  /**
   * Fills the volume, unless it holds something already: `write` gets a private folder, which then becomes the volume's content
   * with the folder's owner, mode and time. An interruption after `write` has ended is completed without calling it again. If
   * `write` fails the volume stays as it was.
   */
  fill(write: (folder: string) => Promise<void>): Promise<void>
  /** Completes or drops an interrupted fill. @returns whether the volume is filled now. */
  completeFill(): Promise<boolean>
  /** Moves the volume, if it exists, away from its name with all its files. Synchronous and idempotent. */
  detach(): DetachedVolume
}

/**
 * Folders of files that outlive containers. Several processes may use one store at once.
 *
 * Guarantees every implementation gives (./suite.ts tests them): a volume exists completely or not at all; a fill becomes visible
 * only once it is complete, and follows no link that others put there; a volume is never removed, filled or repaired while it is in
 * use, and never used while that happens; a new volume never sees files of an old one of the same name; a crash leaves a volume as
 * it was, gone, or interrupted as {@link LockedVolume.isInterrupted} tells, and files that {@link VolumeStore.sweep} removes. Files
 * are removed only by {@link DetachedVolume.discard} and by the sweep of detached volumes.
 *
 * The caller keeps the records of volumes, and changes them inside {@link VolumeStore.withSharedLock} and {@link
 * VolumeStore.withExclusiveLock}.
 */
export interface VolumeStore {
  readonly driver: 'local'
  has(name: string): boolean
  list(): string[]
  /** The folder of its files, whether or not it exists. */
  path(name: string): string
  /** Runs `work` with the shared locks of these volumes: none is removed, filled or repaired meanwhile. */
  withSharedLock<T>(
    names: readonly string[],
    work: (volumes: SharedVolumes) => Promise<T>,
    options?: { signal?: AbortSignal },
  ): Promise<T>
  /** Runs `work` with the volume's exclusive lock, across processes. `work` must take no other lock. */
  withExclusiveLock<T>(name: string, work: (volume: LockedVolume) => Promise<T>, options?: { signal?: AbortSignal }): Promise<T>
  /**
   * Removes unfinished work of processes that have ended.
   * @returns what could not be removed, as ends of sentences.
   */
  sweep(): Promise<string[]>
}
