import type { Runtime } from '../adapters/runtime.ts'
import type { CallOptions, OperationName } from '../contract/index.ts'
import type { AuditVia } from '../lib/audit/record.ts'
import type { Cgroups } from '../lib/cgroup/index.ts'
import type { Logger, LogLevel } from '../lib/log.ts'
import type { Identity } from '../lib/process/identity.ts'
import type { LayerStore } from '../storage/index.ts'
import type { VolumeStore } from '../storage/volumes/index.ts'
import type { Database, NewEvent } from '../store/index.ts'
import type { ContainersConf } from './config/containers-conf.ts'

export interface ContextOptions {
  /** The store; /var/lib/berth or ~/.local/share/berth. */
  root?: string
  /** What a reboot may empty; /run/berth or $XDG_RUNTIME_DIR/berth. */
  runRoot?: string
  /** Where the events are kept, below it: podman's temporary files that are not in the run state; by default they are in the store. */
  tmpDir?: string
  /** No events are written, and none can be read. */
  withoutEvents?: boolean
  /** Messages go to the system's log too, where it has one. */
  syslog?: boolean
  /** The OCI runtime, a name or path; by default crun, or runc where crun refuses. */
  runtime?: string
  /** Global flags for the runtime, without their leading dashes. */
  runtimeFlags?: readonly string[]
  /** The monitor's program, instead of the one that is found. */
  conmon?: string
  cgroupManager?: 'systemd' | 'cgroupfs'
  /** Where user-defined networks are described; /etc/containers/networks, or in the store of an ordinary user. */
  networkConfigDir?: string
  logLevel?: LogLevel
  /** The file of mounts.conf(5) instead of the usual ones. */
  defaultMountsFile?: string
  /** Files of containers.conf that are read besides the usual ones. */
  modules?: readonly string[]
  /** Folders of OCI hooks, instead of those of containers.conf. */
  hooksDirs?: readonly string[]
  /** Folders of descriptions of devices, instead of those of containers.conf. */
  cdiSpecDirs?: readonly string[]
  log?: Logger
  /** The command line that runs this program, before its own arguments: conmon calls it back when a container ends. */
  self?: readonly string[]
  /** The storage driver, for a store that has none yet. */
  storageDriver?: string
  /** Options of the storage driver, `NAME=VALUE`: `additionalimagestore=PATH`, `mountopt=nodev`. */
  storageOptions?: readonly string[]
  /** The process is long-lived (an agent, an API service): worth a cache or a worker. */
  service?: boolean
  /** Where it serves, as its command line says it, for `info`; the socket in the run state by default. */
  serviceAddress?: string
  /** The access path for the audit log; the command line by default. */
  caller?: { via: AuditVia; address?: string }
}

/** What every verb works on: one store, opened as far as it was needed. */
export interface Context {
  readonly root: string
  readonly runRoot: string
  readonly options: ContextOptions
  readonly identity: Identity
  readonly log: Logger
  readonly service: boolean
  /** How to run this program: `[program, ...arguments]`. */
  readonly self: readonly string[]
  readonly cgroups: Cgroups
  readonly database: Database
  /** Folders of stores whose images are shown too and never written. */
  readonly additionalStores: readonly string[]
  /** File of the events, one JSON document a line (store/events.ts). */
  readonly eventsFile: string
  /** Writes that continue after an operation has returned; closing waits for them. */
  readonly unwritten: Set<Promise<void>>
  /** What other nouns do for a container: set by {@link openContext}'s caller, so that no noun's folder needs another's in a circle. */
  readonly effects: Effects
  /** Runs an operation as any caller does: its input is checked, and a change leaves a record in the audit log. */
  call(name: OperationName, input: unknown, options: CallOptions): Promise<unknown>
  /** Emits an event, after its transaction. */
  emit(event: NewEvent): void
  /** Image layers and container file systems. */
  layers(): Promise<LayerStore>
  volumes(): Promise<VolumeStore>
  /** containers.conf, merged from all its places. */
  conf(): Promise<ContainersConf>
  /** The OCI runtime, by default the one for new containers. @throws `ProgramMissing`. */
  runtime(choice?: { program?: string; cgroupManager?: 'systemd' | 'cgroupfs' | 'disabled' }): Promise<Runtime>
  /** `systemd` on a cgroup2 host whose systemd accepts our requests, else `cgroupfs`. */
  cgroupManager(): Promise<'systemd' | 'cgroupfs'>
  /**
   * Runs `work` with the lock of an object across processes: containers, pods, volumes, images by their ids. Not re-entrant. Lock
   * order: a pod before its containers, a container before what it uses.
   */
  lock<T>(
    kind: LockKind,
    id: string,
    work: () => Promise<T> | T,
    options?: { signal?: AbortSignal; shared?: boolean },
  ): Promise<T>
  /** The file behind {@link lock}. */
  lockFile(kind: LockKind, id: string): string
  /** Aborted when it begins to close. */
  readonly closing: AbortSignal
  /** Frees files and the database. Idempotent; containers run on. */
  close(): Promise<void>
}

export type LockKind = 'container' | 'pod' | 'volume' | 'image' | 'network' | 'global'

/** What a container's life brings about outside of it. */
export interface Effects {
  /** Removes an image of a container that is gone (`--rmi`), with what only it needs. @throws EngineError `ImageInUse`, `ImageNotFound`. */
  removeImage(name: string): Promise<void>
  /** Removes layers and blobs that nothing needs: the last user of those of an image that is gone calls it. */
  collect(): Promise<void>
  /** Follows the exit policy of a pod one of whose containers ended. Called without a lock held. */
  followExitPolicy(pod: string): Promise<void>
  /** Loads what starts a container and waits for it, while a container is being set up: mostly both come next. */
  preloadStart(): void
}
