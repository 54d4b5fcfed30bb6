import * as v from 'valibot'

import { Anything, listOrNull, TextMap, Time } from '../fields.ts'
import { PortMapping } from '../spec.ts'
import { ContainerState } from './states.ts'

/** A container in a list (`containers/json`). `Created` is RFC 3339; `StartedAt`, `ExitedAt` are seconds. */
export const ContainerSummary = v.object({
  AutoRemove: v.boolean(),
  Command: listOrNull(v.string()),
  Created: Time,
  CreatedAt: v.string(),
  CIDFile: v.string(),
  Exited: v.boolean(),
  ExitedAt: v.number(),
  ExitCode: v.number(),
  ExposedPorts: v.nullable(Anything),
  Id: v.string(),
  Image: v.string(),
  ImageID: v.string(),
  IsInfra: v.boolean(),
  Labels: v.nullable(TextMap),
  Mounts: v.array(v.string()),
  Names: v.array(v.string()),
  Namespaces: Anything,
  Networks: listOrNull(v.string()),
  Pid: v.number(),
  Pod: v.string(),
  PodName: v.string(),
  Ports: listOrNull(PortMapping),
  Restarts: v.number(),
  Size: v.nullable(v.object({ rootFsSize: v.number(), rwSize: v.number() })),
  StartedAt: v.number(),
  State: ContainerState,
  /** The state of its health check, where it has one. */
  Status: v.string(),
  /** Ours: the kernel killed it because memory ran out. */
  OOMKilled: v.optional(v.boolean()),
  /** Ours: it was ended by a checkpoint, and can be restored. */
  Checkpointed: v.optional(v.boolean()),
  /** Ours: a person stopped it, so that its exit code is that of a signal. */
  StoppedByUser: v.optional(v.boolean()),
  /** Ours: how it has its network: `bridge` where it can be connected to networks, `pasta`, `host`, `none`, `container` … */
  NetworkMode: v.optional(v.string()),
  /** Ours: seconds since the epoch, when its restart policy starts it again; only while that is waited for. */
  RestartAt: v.optional(v.number()),
})
export type ContainerSummary = v.InferOutput<typeof ContainerSummary>

/** One container's use of resources at one moment. `CPU` is percent of one core, sizes bytes, `*Nano` nanoseconds. */
export const ContainerStats = v.object({
  AvgCPU: v.number(),
  ContainerID: v.string(),
  Name: v.string(),
  PerCPU: listOrNull(v.number()),
  CPU: v.number(),
  CPUNano: v.number(),
  CPUSystemNano: v.number(),
  SystemNano: v.number(),
  MemUsage: v.number(),
  MemLimit: v.number(),
  MemPerc: v.number(),
  Network: v.nullable(
    v.record(
      v.string(),
      v.object({
        RxBytes: v.number(),
        RxDropped: v.number(),
        RxErrors: v.number(),
        RxPackets: v.number(),
        TxBytes: v.number(),
        TxDropped: v.number(),
        TxErrors: v.number(),
        TxPackets: v.number(),
      }),
    ),
  ),
  BlockInput: v.number(),
  BlockOutput: v.number(),
  PIDs: v.number(),
  UpTime: v.number(),
  Duration: v.number(),
})
export type ContainerStats = v.InferOutput<typeof ContainerStats>

/** One tick of `containers/stats`. */
export const StatsReport = v.object({ Error: v.nullable(Anything), Stats: v.array(ContainerStats) })
export type StatsReport = v.InferOutput<typeof StatsReport>

/** What `rm`, `stop` and friends report for one container. */
export const RemoveResult = v.object({ Id: v.string(), Err: v.optional(v.nullable(v.string())) })

/** `ps`-like table. */
export const TopTable = v.looseObject({
  Titles: v.array(v.string()),
  Processes: v.array(v.array(v.string())),
  /** Ours, of a table that ps(1) made: its lines as it wrote them. */
  Lines: v.optional(v.array(v.string())),
})
