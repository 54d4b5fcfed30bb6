import * as v from 'valibot'

import {
  type ContainerSpec,
  ContainerState,
  healthStates,
  type PerNetworkOptions,
  type PortMapping,
  type Resources,
} from '../../contract/index.ts'
import { asRequested, RestartPolicy, TextMap, Texts } from './common.ts'
import { recordFormat } from './format.ts'

/** The image a container was made from. */
export const ContainerImage = v.object({
  /** The image id, 64 hexadecimal digits. */
  id: v.string(),
  /** The full name it was asked by, e.g. `docker.io/library/alpine:latest`. */
  name: v.string(),
  /** The manifest digest, or empty where it is unknown. */
  digest: v.string(),
})
export type ContainerImage = v.InferOutput<typeof ContainerImage>

const IdMap = v.array(v.object({ container_id: v.number(), host_id: v.number(), size: v.number() }))

/** A mount that was resolved at creation: every source exists or is made at start. */
export const ContainerMount = v.object({
  kind: v.picklist(['bind', 'volume', 'tmpfs', 'image', 'artifact', 'other']),
  /** The host path; of a volume, its `_data` folder. Empty for a tmpfs. */
  source: v.string(),
  destination: v.string(),
  /** The OCI mount type: `bind`, `tmpfs`, `devpts` … */
  type: v.string(),
  /** Without those that mean only `rw`. */
  options: Texts,
  /** Only of a volume. */
  volume: v.optional(v.string()),
  /** An anonymous volume is removed with its container. */
  anonymous: v.optional(v.boolean()),
  /** Only of a volume or an image: the part of it that is shown, found at each start without leaving it. */
  subpath: v.optional(v.string()),
  /** Of a volume that is new: the options of its driver. */
  volumeOptions: v.optional(TextMap),
  /** The volume is not filled from the image. */
  noCopy: v.optional(v.boolean()),
  /** The source is the lower folder of an overlay. Upper and work folder are the container's own unless they are given. */
  overlay: v.optional(v.object({ upper: v.optional(v.string()), work: v.optional(v.string()) })),
  /** The container's user becomes the owner of all that is mounted. */
  chown: v.optional(v.boolean()),
  /** Only of an image: its id. The source is the name it was asked by. */
  image: v.optional(v.string()),
  /** Only of an artifact: the digest of the file that is shown. The source is the name it was asked by. */
  artifact: v.optional(v.string()),
  /** Owners are shown as those that these ids have: `container_id` on the disk is `host_id` in the mount. */
  idmap: v.optional(v.object({ uids: IdMap, gids: IdMap })),
  /** With `chown`, where the source of a bind mount led at creation: nothing else may change its owner. */
  actual: v.optional(v.string()),
})
export type ContainerMount = v.InferOutput<typeof ContainerMount>

/** Where a container's namespace comes from. */
export const NamespaceChoice = v.object({
  mode: v.picklist([
    'private',
    'host',
    'none',
    'container',
    'pod',
    'path',
    'bridge',
    'pasta',
    'shareable',
    'auto',
    'keep-id',
    'nomap',
  ]),
  /** A container's full id for `container` and `pod` (the infra's), a path for `path`, pasta's options for `pasta`. */
  value: v.optional(v.string()),
})
export type NamespaceChoice = v.InferOutput<typeof NamespaceChoice>

export const ContainerNamespaces = v.object({
  net: NamespaceChoice,
  pid: NamespaceChoice,
  ipc: NamespaceChoice,
  uts: NamespaceChoice,
  user: NamespaceChoice,
  cgroup: NamespaceChoice,
})
export type ContainerNamespaces = v.InferOutput<typeof ContainerNamespaces>

export const LogConfig = v.object({
  driver: v.picklist(['k8s-file', 'json-file', 'none', 'passthrough', 'passthrough-tty', 'journald']),
  /** Empty for drivers without a file. */
  path: v.string(),
  /** Bytes; 0 for no limit. */
  maxSize: v.number(),
  tag: v.string(),
})
export type LogConfig = v.InferOutput<typeof LogConfig>

/** A command that says whether a container works. Durations are nanoseconds. */
const CheckEntries = {
  /** `CMD` and words, or `CMD-SHELL` and a line. */
  test: Texts,
  /** Between the end of one run and the next; 0: only when asked for. */
  interval: v.number(),
  timeout: v.number(),
  /** After the start, for which failures do not count. */
  startPeriod: v.number(),
  /** Failures in a row that make it unhealthy. */
  retries: v.number(),
}
export const HealthCheck = v.object(CheckEntries)
export type HealthCheck = v.InferOutput<typeof HealthCheck>

/** What is checked in a container, and what follows. */
export const HealthSettings = v.object({
  ...CheckEntries,
  /** Runs instead until it has succeeded so often; `retries` failures restart the container, 0 none. */
  startup: v.optional(v.object({ ...CheckEntries, successes: v.number() })),
  onFailure: v.picklist(['none', 'kill', 'restart', 'stop']),
  /** `local`, `events_logger` or a folder for the results. */
  destination: v.string(),
  /** Results that are kept; 0 for all. */
  maxCount: v.number(),
  /** Characters of a result's output that are kept; 0 for all. */
  maxSize: v.number(),
})
export type HealthSettings = v.InferOutput<typeof HealthSettings>

/** Whom a container's start is told to: sd_notify(3). */
export const NotifySettings = v.object({
  /** Who says that it is ready: the container, its monitor when it starts, or its health check. */
  mode: v.picklist(['container', 'conmon', 'healthy']),
  socket: v.string(),
})
export type NotifySettings = v.InferOutput<typeof NotifySettings>

/** What a container is: fixed at creation, but for its name, and for what `update` and `edit` change. */
export const ContainerConfig = v.object({
  /** The request it was made from. */
  spec: asRequested<ContainerSpec>(),
  image: v.nullable(ContainerImage),
  /** `--rootfs`: a folder instead of an image. */
  rootfs: v.string(),
  /** Entrypoint and command as shown by inspect. */
  entrypoint: Texts,
  command: Texts,
  /** The ids of its user namespace; none where it has its engine's. */
  idMappings: v.optional(v.object({ uids: IdMap, gids: IdMap })),
  /** `NAME=value`, image's and caller's together, without HOME and HOSTNAME which are known at start. */
  env: Texts,
  workdir: v.string(),
  user: v.string(),
  hostname: v.string(),
  terminal: v.boolean(),
  stdin: v.boolean(),
  labels: TextMap,
  annotations: TextMap,
  stopSignal: v.number(),
  /** Seconds. */
  stopTimeout: v.number(),
  restart: RestartPolicy,
  autoRemove: v.boolean(),
  removeImage: v.boolean(),
  privileged: v.boolean(),
  readOnly: v.boolean(),
  init: v.boolean(),
  noNewPrivileges: v.boolean(),
  capabilities: Texts,
  /** `unconfined`, a profile's path, or empty for the default. */
  seccomp: v.string(),
  mounts: v.array(ContainerMount),
  /** Files of secrets; their values are copies beside the container. Owners are the container's. */
  secrets: v.optional(
    v.array(
      v.object({
        id: v.string(),
        name: v.string(),
        /** An absolute path in the container. */
        target: v.string(),
        uid: v.number(),
        gid: v.number(),
        mode: v.number(),
      }),
    ),
  ),
  namespaces: ContainerNamespaces,
  /** Published ports, host ports chosen. */
  ports: v.array(asRequested<PortMapping>()),
  /** `80/tcp`: exposed by the image or the caller, published or not. */
  exposed: Texts,
  /** Networks to join, by name; empty unless the network mode is `bridge`. */
  networks: v.record(v.string(), asRequested<PerNetworkOptions>()),
  resources: asRequested<Resources>(),
  rlimits: v.array(v.object({ type: v.string(), hard: v.number(), soft: v.number() })),
  sysctls: TextMap,
  /** Bytes. */
  shmSize: v.number(),
  oomScoreAdj: v.nullable(v.number()),
  log: LogConfig,
  /** Below which cgroup it is put; empty for the default. */
  cgroupParent: v.string(),
  cgroupManager: v.picklist(['systemd', 'cgroupfs', 'disabled']),
  /** The OCI runtime's path. */
  runtime: v.string(),
  /** It is made ready for systemd as its first process. */
  systemd: v.optional(v.boolean()),
  /** Absent where nobody is told. */
  notify: v.optional(NotifySettings),
  /** Absent where nothing is checked. */
  health: v.optional(HealthSettings),
  createCommand: Texts,
  isInfra: v.boolean(),
  /** The id of its file system in the layer store, where that is not its own: an edit put it on another image. */
  snapshot: v.optional(v.string()),
})
export type ContainerConfig = v.InferOutput<typeof ContainerConfig>

/** What one network gave a container, as netavark's status block has it. */
export const NetworkStatus = v.object({
  /** The interface in the container. */
  interface: v.string(),
  mac: v.string(),
  addresses: v.array(v.object({ address: v.string(), prefix: v.number(), gateway: v.string() })),
  aliases: Texts,
  networkId: v.string(),
})
export type NetworkStatus = v.InferOutput<typeof NetworkStatus>

/** A process that is stopping or restarting a container. It counts for as long as that process lives. */
export const Stopper = v.object({
  /** Sets this request apart from others of the same process. */
  token: v.string(),
  pid: v.number(),
  /** As `processStartTime` gives it: the kernel uses process numbers again. */
  startTime: v.string(),
  /** `shutdown`: the host shuts down, and the restart policy applies at its next boot. */
  purpose: v.picklist(['stop', 'shutdown', 'restart']),
})
export type Stopper = v.InferOutput<typeof Stopper>

/** A container's state: changes with every start, stop and exit. Times are RFC 3339, empty for never. */
export const ContainerRunState = v.object({
  status: ContainerState,
  /** Under which boot of the machine the run facts below hold. */
  bootId: v.string(),
  pid: v.number(),
  pidStart: v.string(),
  conmonPid: v.number(),
  conmonPidStart: v.string(),
  startedAt: v.string(),
  finishedAt: v.string(),
  exitCode: v.number(),
  oomKilled: v.boolean(),
  error: v.string(),
  /** Restarts by policy since the last start by a person. */
  restarts: v.number(),
  /** When its restart policy starts it again, RFC 3339; only while that is waited for. */
  restartAt: v.optional(v.string()),
  /** Milliseconds that were waited before its last restart by policy. */
  restartDelay: v.optional(v.number()),
  /** A person stopped it: `unless-stopped` and the policy's next restart do not apply. */
  stoppedByUser: v.boolean(),
  /** What its health checks have found; its results are in a file. */
  health: v.optional(v.picklist(healthStates)),
  /** Processes that are stopping it. */
  stoppers: v.optional(v.array(Stopper), []),
  /** While it is `removing`: its anonymous volumes are removed too. */
  removeVolumes: v.optional(v.boolean()),
  /** The network namespace that belongs to this container, empty for none of its own. */
  netnsPath: v.string(),
  networks: v.record(v.string(), NetworkStatus),
  pastaPid: v.number(),
  pastaPidStart: v.string(),
  /** Below each controller's (v1) or the one (v2) mount point. */
  cgroupPath: v.string(),
  mounted: v.boolean(),
  checkpointed: v.boolean(),
  checkpointedAt: v.string(),
  checkpointPath: v.string(),
  restored: v.boolean(),
  restoredAt: v.string(),
})
export type ContainerRunState = v.InferOutput<typeof ContainerRunState>

export interface ContainerRecord {
  id: string
  name: string
  /** RFC 3339 with nanoseconds. */
  created: string
  /** The pod's id. */
  pod: string | null
  config: ContainerConfig
  state: ContainerRunState
}

export const containerFormat = recordFormat<Pick<ContainerRecord, 'config' | 'state'>>({
  noun: 'container',
  table: 'containers',
  key: 'id',
  labels: 'id, name',
  columns: ['config', 'state'],
  schema: v.object({ config: ContainerConfig, state: ContainerRunState }),
  steps: [
    // 2: the file system may have an id of its own
    (record) => record,
  ],
})

/** What a container that never ran looks like. */
export function freshState(): ContainerRunState {
  return {
    status: 'created',
    bootId: '',
    pid: 0,
    pidStart: '',
    conmonPid: 0,
    conmonPidStart: '',
    startedAt: '',
    finishedAt: '',
    exitCode: 0,
    oomKilled: false,
    error: '',
    restarts: 0,
    stoppedByUser: false,
    stoppers: [],
    netnsPath: '',
    networks: {},
    pastaPid: 0,
    pastaPidStart: '',
    cgroupPath: '',
    mounted: false,
    checkpointed: false,
    checkpointedAt: '',
    checkpointPath: '',
    restored: false,
    restoredAt: '',
  }
}
