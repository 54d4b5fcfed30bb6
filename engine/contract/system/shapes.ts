import * as v from 'valibot'

import { Anything, listOrNull, TextMap } from '../fields.ts'

/** What only our engine can do; real Podman's info has no such list. The page shows an action only if its feature is there. */
export const Feature = v.picklist(['pull-progress', 'usage-history', 'checkpoint', 'rootless-checkpoint', 'limits', 'rename'])
export type Feature = v.InferOutput<typeof Feature>

/** What this host or this user lacks. */
export const Limitation = v.picklist([
  'no-control-group',
  'checkpoint-requires-root',
  'criu-missing',
  'programs-missing',
  'runtime-missing',
  'tun-missing',
])
export type Limitation = v.InferOutput<typeof Limitation>

/** The host and the store (`info`). Sizes are bytes. */
export const Info = v.looseObject({
  host: v.looseObject({
    arch: v.string(),
    cgroupManager: v.string(),
    cgroupVersion: v.string(),
    cgroupControllers: listOrNull(v.string()),
    conmon: v.looseObject({ package: v.string(), path: v.string(), version: v.string() }),
    cpus: v.number(),
    cpuUtilization: v.optional(
      v.nullable(v.object({ userPercent: v.number(), systemPercent: v.number(), idlePercent: v.number() })),
    ),
    distribution: v.looseObject({ distribution: v.string(), version: v.string() }),
    eventLogger: v.string(),
    hostname: v.string(),
    kernel: v.string(),
    logDriver: v.string(),
    memFree: v.number(),
    memTotal: v.number(),
    networkBackend: v.string(),
    ociRuntime: v.looseObject({ name: v.string(), package: v.string(), path: v.string(), version: v.string() }),
    os: v.string(),
    remoteSocket: v.optional(v.looseObject({ path: v.string(), exists: v.optional(v.boolean()) })),
    rootlessNetworkCmd: v.optional(v.string()),
    security: v.looseObject({ rootless: v.boolean(), selinuxEnabled: v.boolean(), seccompEnabled: v.boolean() }),
    swapFree: v.number(),
    swapTotal: v.number(),
    uptime: v.string(),
  }),
  store: v.looseObject({
    configFile: v.string(),
    containerStore: v.object({ number: v.number(), paused: v.number(), running: v.number(), stopped: v.number() }),
    graphDriverName: v.string(),
    graphRoot: v.string(),
    graphRootAllocated: v.number(),
    /** Ours: what this user may still write, as df has it; the rest of what is free is root's. */
    graphRootAvailable: v.optional(v.number()),
    graphRootUsed: v.number(),
    imageStore: v.object({ number: v.number() }),
    runRoot: v.string(),
    volumePath: v.string(),
  }),
  registries: v.record(v.string(), Anything),
  plugins: v.looseObject({}),
  version: v.looseObject({ APIVersion: v.string(), Version: v.string(), Os: v.string(), OsArch: v.string() }),
  /**
   * Only our engine has it. `notes`: the limitations of this host, in sentences. `damaged`: records of the store that cannot be read
   * and that lists leave out, as `system.check` names them: `container web (0123456789ab)`.
   */
  berth: v.optional(
    v.object({
      version: v.string(),
      features: v.array(Feature),
      notes: v.array(v.string()),
      /** The same with codes, for translations; `names` are what a sentence lists. */
      limitations: v.optional(v.array(v.object({ code: Limitation, message: v.string(), names: v.optional(v.string()) }))),
      damaged: v.optional(v.array(v.string())),
    }),
  ),
})
export type Info = v.InferOutput<typeof Info>

/** Docker's version document, which libpod serves too. */
export const Version = v.looseObject({
  Platform: v.object({ Name: v.string() }),
  Components: v.array(v.object({ Name: v.string(), Version: v.string(), Details: v.optional(v.record(v.string(), v.string())) })),
  Version: v.string(),
  ApiVersion: v.string(),
  MinAPIVersion: v.string(),
  GitCommit: v.string(),
  GoVersion: v.string(),
  Os: v.string(),
  Arch: v.string(),
  KernelVersion: v.string(),
  BuildTime: v.string(),
})

/** One event. Libpod's stream has both Docker's fields (`Action`, `Actor`) and the older ones (`status`, `id`, `from`). */
export const Event = v.looseObject({
  status: v.optional(v.string()),
  id: v.optional(v.string()),
  from: v.optional(v.string()),
  Type: v.string(),
  Action: v.string(),
  Actor: v.object({ ID: v.string(), Attributes: TextMap }),
  scope: v.optional(v.string()),
  /** Seconds since the epoch. */
  time: v.number(),
  timeNano: v.number(),
  /** What a health check found. */
  HealthStatus: v.optional(v.string()),
  /** Ours: failures in a row, and the result, where events are the log's destination. */
  HealthFailingStreak: v.optional(v.number()),
  HealthLog: v.optional(v.string()),
})
export type Event = v.InferOutput<typeof Event>

/** Disk use (`system/df`). Sizes are bytes. */
export const DiskUsage = v.looseObject({
  ImagesSize: v.optional(v.number()),
  /** Ours: what is freed with all images that no container uses. */
  ImagesReclaimable: v.optional(v.number()),
  /** Ours: the file system of the store: its size, what is used, and what this user may still write, as df has them. */
  FileSystem: v.optional(v.object({ Size: v.number(), Used: v.number(), Available: v.number() })),
  Images: listOrNull(
    v.looseObject({
      Repository: v.string(),
      Tag: v.string(),
      ImageID: v.string(),
      Created: v.string(),
      Size: v.number(),
      SharedSize: v.number(),
      UniqueSize: v.number(),
      Containers: v.number(),
    }),
  ),
  Containers: listOrNull(
    v.looseObject({
      ContainerID: v.string(),
      Image: v.string(),
      Command: listOrNull(v.string()),
      LocalVolumes: v.number(),
      Size: v.number(),
      RWSize: v.number(),
      Created: v.string(),
      Status: v.string(),
      Names: v.string(),
    }),
  ),
  Volumes: listOrNull(
    v.looseObject({ VolumeName: v.string(), Links: v.number(), Size: v.number(), ReclaimableSize: v.number() }),
  ),
})
export type DiskUsage = v.InferOutput<typeof DiskUsage>

/** What a prune did with one object. Sizes are bytes. */
export const PruneReport = v.looseObject({ Id: v.string(), Size: v.number(), Err: v.optional(v.nullable(v.string())) })
