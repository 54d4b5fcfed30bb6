import * as v from 'valibot'

import { Descriptor, TextMap } from './fields.ts'

/** How a namespace is made: libpod's `{nsmode, value}`. */
export const Namespace = v.looseObject({
  nsmode: v.optional(
    v.picklist([
      '',
      'default',
      'host',
      'private',
      'none',
      'bridge',
      'pasta',
      'slirp4netns',
      'pod',
      'container',
      'path',
      'ns',
      'no-map',
      'keep-id',
      'auto',
      'nomap',
      'shareable',
    ]),
  ),
  value: v.optional(v.string()),
})
export type Namespace = v.InferOutput<typeof Namespace>

const Port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535))

/** One published port or a run of `range` ports. `host_port` 0 (or missing): a free one is chosen at start. */
export const PortMapping = v.looseObject({
  host_ip: v.optional(v.string()),
  container_port: v.pipe(Port, v.minValue(1)),
  host_port: v.optional(Port),
  range: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535))),
  protocol: v.optional(v.string()),
})
export type PortMapping = v.InferOutput<typeof PortMapping>

const Texts = v.optional(v.nullable(v.array(v.string())))
const Refused = v.optional(v.nullable(v.array(v.unknown())))

/** A mount as the OCI runtime spec writes it. What is not known here is refused, as it would have no effect. */
export const Mount = v.strictObject({
  destination: v.string(),
  source: v.optional(v.nullable(v.string())),
  type: v.optional(v.nullable(v.string())),
  options: Texts,
  uidMappings: Refused,
  gidMappings: Refused,
})
export type Mount = v.InferOutput<typeof Mount>

/** A named volume to mount. libpod spells these fields with capitals. */
export const NamedVolume = v.strictObject({
  Name: v.optional(v.nullable(v.string())),
  Dest: v.string(),
  Options: Texts,
  /** It is removed with its container, though it may have a name. */
  IsAnonymous: v.optional(v.nullable(v.boolean())),
  /** The folder or file of the volume that is shown, instead of all of it. */
  SubPath: v.optional(v.nullable(v.string())),
})
export type NamedVolume = v.InferOutput<typeof NamedVolume>

/** A folder of the host that is shown through an overlay: what the container writes is its own. */
export const OverlayVolume = v.strictObject({
  destination: v.string(),
  source: v.string(),
  options: Texts,
})
export type OverlayVolume = v.InferOutput<typeof OverlayVolume>

/** A device of the host by its numbers. */
const device = { major: v.number(), minor: v.number() }
const throttle = v.optional(v.nullable(v.array(v.looseObject({ ...device, rate: v.number() }))))

/** Limits of block devices. Weights are 10 to 1000; rates are bytes or operations a second. */
const BlockIo = v.looseObject({
  weight: v.optional(v.number()),
  leafWeight: v.optional(v.number()),
  weightDevice: v.optional(
    v.nullable(v.array(v.looseObject({ ...device, weight: v.optional(v.number()), leafWeight: v.optional(v.number()) }))),
  ),
  throttleReadBpsDevice: throttle,
  throttleWriteBpsDevice: throttle,
  throttleReadIOPSDevice: throttle,
  throttleWriteIOPSDevice: throttle,
})

const Id = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(4_294_967_295))
const IdMaps = v.optional(v.nullable(v.array(v.object({ container_id: Id, host_id: Id, size: Id }))))

/** Ids of a user namespace of the container's own: libpod's IDMappingOptions. */
export const IdMappingOptions = v.looseObject({
  HostUIDMapping: v.optional(v.boolean()),
  HostGIDMapping: v.optional(v.boolean()),
  UIDMap: IdMaps,
  GIDMap: IdMaps,
  /** As `auto` of `userns`, where that says nothing. */
  AutoUserNs: v.optional(v.boolean()),
  AutoUserNsOpts: v.optional(
    v.nullable(v.looseObject({ Size: v.optional(Id), AdditionalUIDMappings: IdMaps, AdditionalGIDMappings: IdMaps })),
  ),
})

/** An image that is shown in a container. libpod spells these fields with capitals. */
export const ImageVolume = v.strictObject({
  Source: v.string(),
  Destination: v.string(),
  ReadWrite: v.optional(v.nullable(v.boolean())),
  subPath: v.optional(v.nullable(v.string())),
})
export type ImageVolume = v.InferOutput<typeof ImageVolume>

/** The files of an artifact that are shown in a container. */
export const ArtifactVolume = v.strictObject({
  source: v.string(),
  destination: v.string(),
  title: v.optional(v.nullable(v.string())),
  digest: v.optional(v.nullable(v.string())),
  /** What a single file is called in a folder. */
  name: v.optional(v.nullable(v.string())),
})
export type ArtifactVolume = v.InferOutput<typeof ArtifactVolume>

/** Limits in the OCI runtime spec's form (`linux.resources`). Sizes are bytes, quota and period microseconds. */
export const Resources = v.looseObject({
  memory: v.optional(
    v.looseObject({
      limit: v.optional(v.number()),
      reservation: v.optional(v.number()),
      swap: v.optional(v.number()),
      swappiness: v.optional(v.number()),
      disableOOMKiller: v.optional(v.boolean()),
    }),
  ),
  blockIO: v.optional(v.nullable(BlockIo)),
  cpu: v.optional(
    v.looseObject({
      shares: v.optional(v.number()),
      quota: v.optional(v.number()),
      period: v.optional(v.number()),
      realtimeRuntime: v.optional(v.number()),
      realtimePeriod: v.optional(v.number()),
      cpus: v.optional(v.string()),
      mems: v.optional(v.string()),
    }),
  ),
  pids: v.optional(v.looseObject({ limit: v.optional(v.number()) })),
  hugepageLimits: v.optional(v.nullable(v.array(v.looseObject({ pageSize: v.string(), limit: v.number() })))),
  rdma: v.optional(
    v.nullable(v.record(v.string(), v.looseObject({ hcaHandles: v.optional(v.number()), hcaObjects: v.optional(v.number()) }))),
  ),
  /** Files of a control group of version 2, and what is written to them. */
  unified: v.optional(v.nullable(TextMap)),
})
export type Resources = v.InferOutput<typeof Resources>

/** Rates by the path of the device. */
const Throttles = v.optional(v.nullable(v.record(v.string(), v.looseObject({ rate: v.number() }))))

/** Weights by the path of the device. */
const Weights = v.optional(
  v.nullable(v.record(v.string(), v.looseObject({ weight: v.optional(v.number()), leafWeight: v.optional(v.number()) }))),
)

/** Limits of a container's or a pod's control group. */
const limits = {
  resource_limits: v.optional(v.nullable(Resources)),
  weightDevice: Weights,
  throttleReadBpsDevice: Throttles,
  throttleWriteBpsDevice: Throttles,
  throttleReadIOPSDevice: Throttles,
  throttleWriteIOPSDevice: Throttles,
  /** As `resource_limits.cpu`, whose values count. */
  cpu_period: v.optional(v.number()),
  cpu_quota: v.optional(v.number()),
}

/** A health check as images and libpod have it; durations are nanoseconds. */
export const HealthConfig = v.looseObject({
  Test: v.optional(v.array(v.string())),
  Interval: v.optional(v.number()),
  Timeout: v.optional(v.number()),
  StartPeriod: v.optional(v.number()),
  StartInterval: v.optional(v.number()),
  Retries: v.optional(v.number()),
})
export type HealthConfig = v.InferOutput<typeof HealthConfig>

/** The check that comes before: how often it must succeed until the regular one begins. */
export const StartupHealthConfig = v.looseObject({ ...HealthConfig.entries, Successes: v.optional(v.number()) })
export type StartupHealthConfig = v.InferOutput<typeof StartupHealthConfig>

/** Per-network options of a container. */
export const PerNetworkOptions = v.looseObject({
  static_ips: v.optional(v.nullable(v.array(v.string()))),
  aliases: v.optional(v.nullable(v.array(v.string()))),
  static_mac: v.optional(v.string()),
  interface_name: v.optional(v.string()),
  /** Passed on to netavark as they are, `host_interface_name` among them. */
  options: v.optional(v.nullable(v.record(v.string(), v.string()))),
})
export type PerNetworkOptions = v.InferOutput<typeof PerNetworkOptions>

/**
 * A container's specification: libpod's SpecGenerator, the body of `containers/create`. Every field is in the table of
 * spec-fields/, which has its state; refused or unknown ones pass this schema, so that they are refused by name.
 */
export const ContainerSpec = v.looseObject({
  image: v.optional(v.string()),
  /** What the caller called the image; counts where `image` is missing. */
  raw_image_name: v.optional(v.string()),
  name: v.optional(v.string()),
  pod: v.optional(v.string()),
  /** `always` or `once`: it runs before the other containers of its pod. */
  init_container_type: v.optional(v.string()),
  command: v.optional(v.nullable(v.array(v.string()))),
  entrypoint: v.optional(v.nullable(v.array(v.string()))),
  env: v.optional(v.nullable(TextMap)),
  unsetenv: v.optional(v.nullable(v.array(v.string()))),
  unsetenvall: v.optional(v.boolean()),
  env_host: v.optional(v.boolean()),
  httpproxy: v.optional(v.boolean()),
  terminal: v.optional(v.boolean()),
  stdin: v.optional(v.boolean()),
  labels: v.optional(v.nullable(TextMap)),
  annotations: v.optional(v.nullable(TextMap)),
  hostname: v.optional(v.string()),
  work_dir: v.optional(v.string()),
  user: v.optional(v.string()),
  groups: v.optional(v.nullable(v.array(v.string()))),
  umask: v.optional(v.string()),
  stop_signal: v.optional(v.union([v.number(), v.string()])),
  /** Seconds. */
  stop_timeout: v.optional(v.number()),
  /** Seconds after which the container is killed. */
  timeout: v.optional(v.number()),
  restart_policy: v.optional(v.string()),
  restart_tries: v.optional(v.number()),
  remove: v.optional(v.boolean()),
  removeImage: v.optional(v.boolean()),
  /** Changes need not reach the disk: the container is removed after a crash anyway. */
  volatile: v.optional(v.boolean()),
  privileged: v.optional(v.boolean()),
  read_only_filesystem: v.optional(v.boolean()),
  read_write_tmpfs: v.optional(v.boolean()),
  init: v.optional(v.boolean()),
  systemd: v.optional(v.string()),
  sdnotifyMode: v.optional(v.string()),
  cap_add: v.optional(v.nullable(v.array(v.string()))),
  cap_drop: v.optional(v.nullable(v.array(v.string()))),
  no_new_privileges: v.optional(v.boolean()),
  seccomp_profile_path: v.optional(v.string()),
  seccomp_policy: v.optional(v.string()),
  selinux_opts: v.optional(v.nullable(v.array(v.string()))),
  apparmor_profile: v.optional(v.string()),
  mask: v.optional(v.nullable(v.array(v.string()))),
  unmask: v.optional(v.nullable(v.array(v.string()))),
  mounts: v.optional(v.nullable(v.array(Mount))),
  volumes: v.optional(v.nullable(v.array(NamedVolume))),
  overlay_volumes: v.optional(v.nullable(v.array(OverlayVolume))),
  devices: v.optional(
    v.nullable(
      v.array(
        v.looseObject({
          path: v.string(),
          type: v.optional(v.string()),
          major: v.optional(v.number()),
          minor: v.optional(v.number()),
          fileMode: v.optional(v.nullable(v.number())),
          uid: v.optional(v.nullable(v.number())),
          gid: v.optional(v.nullable(v.number())),
        }),
      ),
    ),
  ),
  /** Bytes. */
  shm_size: v.optional(v.number()),
  /** Bytes, of each of the folders in memory that a container with systemd has. */
  shm_size_systemd: v.optional(v.number()),
  image_volume_mode: v.optional(v.string()),
  portmappings: v.optional(v.nullable(v.array(PortMapping))),
  publish_image_ports: v.optional(v.boolean()),
  expose: v.optional(v.nullable(v.union([v.record(v.string(), v.string()), v.array(v.unknown())]))),
  Networks: v.optional(v.nullable(v.record(v.string(), PerNetworkOptions))),
  networks: v.optional(v.nullable(v.record(v.string(), PerNetworkOptions))),
  cni_networks: v.optional(v.nullable(v.array(v.string()))),
  network_options: v.optional(v.nullable(v.looseObject({ pasta: Texts, slirp4netns: Texts }))),
  netns: v.optional(Namespace),
  pidns: v.optional(Namespace),
  ipcns: v.optional(Namespace),
  utsns: v.optional(Namespace),
  userns: v.optional(Namespace),
  idmappings: v.optional(v.nullable(IdMappingOptions)),
  cgroupns: v.optional(Namespace),
  dns_server: v.optional(v.nullable(v.array(v.string()))),
  dns_search: v.optional(v.nullable(v.array(v.string()))),
  dns_option: v.optional(v.nullable(v.array(v.string()))),
  hostadd: v.optional(v.nullable(v.array(v.string()))),
  use_image_hosts: v.optional(v.nullable(v.boolean())),
  use_image_resolve_conf: v.optional(v.nullable(v.boolean())),
  use_image_hostname: v.optional(v.nullable(v.boolean())),
  ...limits,
  unified: v.optional(v.nullable(TextMap)),
  /** Rules for devices in the OCI runtime spec's form; a number that is missing is any. */
  device_cgroup_rule: v.optional(
    v.nullable(
      v.array(
        v.looseObject({
          allow: v.optional(v.boolean()),
          type: v.optional(v.string()),
          major: v.optional(v.nullable(v.number())),
          minor: v.optional(v.nullable(v.number())),
          access: v.optional(v.string()),
        }),
      ),
    ),
  ),
  intelRdt: v.optional(v.nullable(v.looseObject({ closID: v.optional(v.string()) }))),
  r_limits: v.optional(v.nullable(v.array(v.looseObject({ type: v.string(), hard: v.number(), soft: v.number() })))),
  cgroup_parent: v.optional(v.string()),
  cgroups_mode: v.optional(v.string()),
  sysctl: v.optional(v.nullable(TextMap)),
  oom_score_adj: v.optional(v.nullable(v.number())),
  log_configuration: v.optional(
    v.nullable(
      v.looseObject({
        driver: v.optional(v.string()),
        path: v.optional(v.string()),
        size: v.optional(v.number()),
        options: v.optional(v.nullable(TextMap)),
      }),
    ),
  ),
  healthconfig: v.optional(v.nullable(HealthConfig)),
  startupHealthConfig: v.optional(v.nullable(StartupHealthConfig)),
  health_check_on_failure_action: v.optional(v.union([v.number(), v.string()])),
  /** `local`, `events_logger` or a folder. */
  healthLogDestination: v.optional(v.string()),
  /** Results that are kept; 0 for all. */
  healthMaxLogCount: v.optional(v.number()),
  /** Characters of a result's output that are kept; 0 for all. */
  healthMaxLogSize: v.optional(v.number()),
  /** The command line that made it, for `podman inspect`'s CreateCommand. */
  containerCreateCommand: v.optional(v.nullable(v.array(v.string()))),
  conmon_pid_file: v.optional(v.string()),
  pid_file: v.optional(v.string()),
  cidfile: v.optional(v.string()),
  rootfs: v.optional(v.string()),
  image_arch: v.optional(v.string()),
  image_os: v.optional(v.string()),
  image_variant: v.optional(v.string()),
  dependencyContainers: v.optional(v.nullable(v.array(v.string()))),
  /** Whether lines for its user are added to /etc/passwd and /etc/group. */
  manage_password: v.optional(v.nullable(v.boolean())),
  passwd_entry: v.optional(v.string()),
  group_entry: v.optional(v.string()),
  hostusers: Texts,
  /** A name below /usr/share/zoneinfo, or `local`. */
  timezone: v.optional(v.string()),
  personality: v.optional(v.nullable(v.looseObject({ domain: v.optional(v.string()), flags: Texts }))),
  /** `NAME=value`, in which `${NAME}` is a variable's value so far. */
  envmerge: Texts,
  init_path: v.optional(v.string()),
  /** Ours: descriptors of a command's caller, from 3 on, that the process gets under their numbers. */
  preserve_fd: v.optional(v.nullable(v.array(Descriptor))),
  base_hosts_file: v.optional(v.string()),
  chroot_directories: Texts,
  procfs_opts: Texts,
  label_nested: v.optional(v.boolean()),
  /** `NAME[:OPTIONS]` of containers whose mounts this one gets too. */
  volumes_from: Texts,
  image_volumes: v.optional(v.nullable(v.array(ImageVolume))),
  artifact_volumes: v.optional(v.nullable(v.array(ArtifactVolume))),
  /** Secrets that become files; libpod spells these fields with capitals. */
  secrets: v.optional(
    v.nullable(
      v.array(
        v.looseObject({
          /** A name or an id. */
          Source: v.string(),
          /** What is relative is below /run/secrets. */
          Target: v.optional(v.nullable(v.string())),
          UID: v.optional(v.nullable(Id)),
          GID: v.optional(v.nullable(Id)),
          Mode: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0o7777)))),
        }),
      ),
    ),
  ),
  /** Names of variables, and the secrets that are their values. */
  secret_env: v.optional(v.nullable(TextMap)),
  rootfs_overlay: v.optional(v.boolean()),
  rootfs_mapping: v.optional(v.nullable(v.string())),
})
export type ContainerSpec = v.InferOutput<typeof ContainerSpec>

/** A pod's specification: libpod's PodSpecGenerator, the body of `pods/create`. Its table is `podFields` in spec-fields/. */
export const PodSpec = v.looseObject({
  name: v.optional(v.string()),
  hostname: v.optional(v.string()),
  labels: v.optional(v.nullable(TextMap)),
  no_infra: v.optional(v.boolean()),
  infra_name: v.optional(v.string()),
  infra_command: v.optional(v.nullable(v.array(v.string()))),
  infra_image: v.optional(v.string()),
  infra_conmon_pid_file: v.optional(v.string()),
  shared_namespaces: v.optional(v.nullable(v.array(v.string()))),
  exit_policy: v.optional(v.string()),
  restart_policy: v.optional(v.string()),
  restart_tries: v.optional(v.number()),
  portmappings: v.optional(v.nullable(v.array(PortMapping))),
  netns: v.optional(Namespace),
  Networks: v.optional(v.nullable(v.record(v.string(), PerNetworkOptions))),
  network_options: v.optional(v.nullable(v.looseObject({ pasta: Texts, slirp4netns: Texts }))),
  userns: v.optional(Namespace),
  idmappings: v.optional(v.nullable(IdMappingOptions)),
  /** `HOST[:INSIDE][:ACCESS]` of devices that every container of the pod gets. */
  pod_devices: Texts,
  sysctl: v.optional(v.nullable(TextMap)),
  /** `--security-opt`: profiles and labels are its containers' too. */
  security_opt: Texts,
  pidns: v.optional(Namespace),
  ipcns: v.optional(Namespace),
  utsns: v.optional(Namespace),
  dns_server: v.optional(v.nullable(v.array(v.string()))),
  dns_search: v.optional(v.nullable(v.array(v.string()))),
  dns_option: v.optional(v.nullable(v.array(v.string()))),
  hostadd: v.optional(v.nullable(v.array(v.string()))),
  /** What /etc/hosts begins with: a file of the host, `none` or `image`. */
  hosts_file: v.optional(v.string()),
  no_manage_hosts: v.optional(v.boolean()),
  no_manage_hostname: v.optional(v.boolean()),
  no_manage_resolv_conf: v.optional(v.boolean()),
  cgroup_parent: v.optional(v.string()),
  ...limits,
  mounts: v.optional(v.nullable(v.array(Mount))),
  volumes: v.optional(v.nullable(v.array(NamedVolume))),
  overlay_volumes: v.optional(v.nullable(v.array(OverlayVolume))),
  volumes_from: Texts,
  image_volumes: v.optional(v.nullable(v.array(ImageVolume))),
  shm_size: v.optional(v.number()),
  shm_size_systemd: v.optional(v.number()),
  share_parent: v.optional(v.nullable(v.boolean())),
  pod_create_command: v.optional(v.nullable(v.array(v.string()))),
})
export type PodSpec = v.InferOutput<typeof PodSpec>
