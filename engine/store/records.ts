import type { ContainerSpec, ContainerState, PerNetworkOptions, PodSpec, PortMapping, Resources } from '../contract/index.ts'

/** The image a container was made from. */
export interface ContainerImage {
  /** The image id, 64 hexadecimal digits. */
  id: string
  /** The full name it was asked by, e.g. `docker.io/library/alpine:latest`. */
  name: string
  /** The manifest digest, or empty where it is unknown. */
  digest: string
}

/** A mount that was resolved at creation: every source exists or is made at start. */
export interface ContainerMount {
  kind: 'bind' | 'volume' | 'tmpfs' | 'image' | 'other'
  /** The host path; of a volume, its `_data` folder. Empty for a tmpfs. */
  source: string
  destination: string
  /** The OCI mount type: `bind`, `tmpfs`, `devpts` … */
  type: string
  /** Without those that mean only `rw`. */
  options: string[]
  /** Only of a volume. */
  volume?: string
  /** A volume without a name of its own goes with its container. */
  anonymous?: boolean
}

/** Where a container's namespace comes from. */
export interface NamespaceChoice {
  mode: 'private' | 'host' | 'none' | 'container' | 'pod' | 'path' | 'bridge' | 'pasta' | 'shareable'
  /** A container's full id for `container` and `pod` (the infra's), a path for `path`, pasta's options for `pasta`. */
  value?: string
}

export interface ContainerNamespaces {
  net: NamespaceChoice
  pid: NamespaceChoice
  ipc: NamespaceChoice
  uts: NamespaceChoice
  user: NamespaceChoice
  cgroup: NamespaceChoice
}

export interface RestartPolicy {
  name: '' | 'no' | 'always' | 'on-failure' | 'unless-stopped'
  /** 0: without limit. */
  maximumRetries: number
}

export interface LogConfig {
  driver: 'k8s-file' | 'json-file' | 'none' | 'passthrough' | 'journald'
  /** Empty for drivers without a file. */
  path: string
  /** Bytes; 0 for no limit. */
  maxSize: number
  tag: string
}

/** What a container is: fixed at creation, but for its name. */
export interface ContainerConfig {
  /** The request it was made from. */
  spec: ContainerSpec
  image: ContainerImage | null
  /** `--rootfs`: a folder instead of an image. */
  rootfs: string
  /** Entrypoint and command as shown by inspect. */
  entrypoint: string[]
  command: string[]
  /** `NAME=value`, image's and caller's together, without HOME and HOSTNAME which are known at start. */
  env: string[]
  workdir: string
  user: string
  hostname: string
  terminal: boolean
  stdin: boolean
  labels: Record<string, string>
  annotations: Record<string, string>
  stopSignal: number
  /** Seconds. */
  stopTimeout: number
  restart: RestartPolicy
  autoRemove: boolean
  removeImage: boolean
  privileged: boolean
  readOnly: boolean
  init: boolean
  noNewPrivileges: boolean
  capabilities: string[]
  /** `unconfined`, a profile's path, or empty for the default. */
  seccomp: string
  mounts: ContainerMount[]
  namespaces: ContainerNamespaces
  /** Published ports, host ports chosen. */
  ports: PortMapping[]
  /** `80/tcp`: exposed by the image or the caller, published or not. */
  exposed: string[]
  /** Networks to join, by name; empty unless the network mode is `bridge`. */
  networks: Record<string, PerNetworkOptions>
  resources: Resources
  rlimits: { type: string; hard: number; soft: number }[]
  sysctls: Record<string, string>
  /** Bytes. */
  shmSize: number
  oomScoreAdj: number | null
  log: LogConfig
  /** Below which cgroup it is put; empty for the default. */
  cgroupParent: string
  cgroupManager: 'systemd' | 'cgroupfs' | 'disabled'
  /** The OCI runtime's path. */
  runtime: string
  createCommand: string[]
  isInfra: boolean
}

/** What one network gave a container, as netavark's status block has it. */
export interface NetworkStatus {
  /** The interface in the container. */
  interface: string
  mac: string
  addresses: { address: string; prefix: number; gateway: string }[]
  aliases: string[]
  networkId: string
}

/** What became of a container: changes with every start, stop and exit. Times are RFC 3339, empty for never. */
export interface ContainerRunState {
  status: ContainerState
  /** Under which boot of the machine the run facts below hold. */
  bootId: string
  pid: number
  pidStart: string
  conmonPid: number
  conmonPidStart: string
  startedAt: string
  finishedAt: string
  exitCode: number
  oomKilled: boolean
  error: string
  /** Restarts by policy since the last start by a person. */
  restarts: number
  /** A person stopped it: `unless-stopped` and the policy's next restart do not apply. */
  stoppedByUser: boolean
  /** The network namespace that belongs to this container, empty for none of its own. */
  netnsPath: string
  networks: Record<string, NetworkStatus>
  pastaPid: number
  pastaPidStart: string
  /** Below each controller's (v1) or the one (v2) mount point. */
  cgroupPath: string
  mounted: boolean
  checkpointed: boolean
  checkpointedAt: string
  checkpointPath: string
  restored: boolean
  restoredAt: string
}

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

/** What a pod is. Its state is that of its containers. */
export interface PodConfig {
  spec: PodSpec
  hostname: string
  labels: Record<string, string>
  /** The infra container's id; empty without one. */
  infraId: string
  /** Namespaces that members take from the infra container. */
  shared: ('net' | 'ipc' | 'uts' | 'pid' | 'cgroup')[]
  exitPolicy: 'continue' | 'stop'
  restart: RestartPolicy
  /** The cgroup that holds all members. */
  cgroupParent: string
  createCommand: string[]
}

export interface PodRecord {
  id: string
  name: string
  created: string
  config: PodConfig
}

export interface ExecConfig {
  command: string[]
  env: string[]
  user: string
  workdir: string
  terminal: boolean
  privileged: boolean
  attachStdin: boolean
  attachStdout: boolean
  attachStderr: boolean
  detachKeys: string
}

export interface ExecState {
  status: 'created' | 'running' | 'stopped'
  pid: number
  pidStart: string
  conmonPid: number
  conmonPidStart: string
  exitCode: number
  bootId: string
}

export interface ExecRecord {
  id: string
  container: string
  config: ExecConfig
  state: ExecState
}

export interface VolumeConfig {
  driver: string
  labels: Record<string, string>
  options: Record<string, string>
  anonymous: boolean
  /** Whether the image's files still have to be copied into it at its first mount. */
  needsCopyUp: boolean
}

export interface VolumeRecord {
  name: string
  created: string
  config: VolumeConfig
}
