import * as v from 'valibot'

import { Anything, listOrNull, TextMap, Time } from '../fields.ts'
import { Health } from './health.ts'
import { ContainerState } from './states.ts'

/** `State` of a container in full. */
export const InspectState = v.looseObject({
  OciVersion: v.string(),
  Status: ContainerState,
  Running: v.boolean(),
  Paused: v.boolean(),
  Restarting: v.boolean(),
  OOMKilled: v.boolean(),
  Dead: v.boolean(),
  Pid: v.number(),
  ConmonPid: v.optional(v.number()),
  ExitCode: v.number(),
  Error: v.string(),
  StartedAt: Time,
  FinishedAt: Time,
  CgroupPath: v.optional(v.string()),
  Checkpointed: v.optional(v.boolean()),
  CheckpointedAt: v.optional(Time),
  RestoredAt: v.optional(Time),
  Restored: v.optional(v.boolean()),
  CheckpointPath: v.optional(v.string()),
  RestoreLog: v.optional(v.string()),
  CheckpointLog: v.optional(v.string()),
  Health: v.optional(Health),
})

/** `Config` of a container in full: what runs. */
export const InspectConfig = v.looseObject({
  Hostname: v.string(),
  Domainname: v.string(),
  User: v.string(),
  AttachStdin: v.boolean(),
  AttachStdout: v.boolean(),
  AttachStderr: v.boolean(),
  Tty: v.boolean(),
  OpenStdin: v.boolean(),
  StdinOnce: v.boolean(),
  Env: v.array(v.string()),
  Cmd: listOrNull(v.string()),
  Image: v.string(),
  Volumes: v.nullable(Anything),
  WorkingDir: v.string(),
  Entrypoint: listOrNull(v.string()),
  Labels: v.nullable(TextMap),
  Annotations: v.nullable(TextMap),
  StopSignal: v.string(),
  CreateCommand: v.optional(v.array(v.string())),
  StopTimeout: v.number(),
})

/** `HostConfig` of a container in full: its settings that depend on the host. Sizes are bytes. */
export const InspectHostConfig = v.looseObject({
  Binds: v.array(v.string()),
  NetworkMode: v.string(),
  PortBindings: v.record(v.string(), listOrNull(v.object({ HostIp: v.string(), HostPort: v.string() }))),
  RestartPolicy: v.object({ Name: v.string(), MaximumRetryCount: v.number() }),
  AutoRemove: v.boolean(),
  Privileged: v.boolean(),
  Memory: v.number(),
  NanoCpus: v.number(),
  CpuShares: v.number(),
  CpuPeriod: v.number(),
  CpuQuota: v.number(),
  PidsLimit: v.number(),
  LogConfig: v.looseObject({ Type: v.string(), Path: v.string() }),
  ReadonlyRootfs: v.boolean(),
  Runtime: v.string(),
})

const Binding = v.object({ HostIp: v.string(), HostPort: v.string() })

export const InspectNetworkSettings = v.looseObject({
  IPAddress: v.string(),
  IPPrefixLen: v.number(),
  Gateway: v.string(),
  MacAddress: v.string(),
  /** Always an object; the value is null for an exposed port that is not published. */
  Ports: v.record(v.string(), listOrNull(Binding)),
  SandboxKey: v.string(),
  Networks: v.optional(
    v.record(
      v.string(),
      v.looseObject({ IPAddress: v.string(), Gateway: v.string(), MacAddress: v.string(), NetworkID: v.string() }),
    ),
  ),
})

export const InspectMount = v.looseObject({
  Type: v.string(),
  Name: v.optional(v.string()),
  Source: v.string(),
  Destination: v.string(),
  Driver: v.string(),
  Mode: v.string(),
  Options: listOrNull(v.string()),
  RW: v.boolean(),
  Propagation: v.string(),
  SubPath: v.optional(v.string()),
})

/** A container in full (`containers/{name}/json`). */
export const ContainerInspect = v.looseObject({
  Id: v.string(),
  Created: Time,
  Path: v.string(),
  Args: v.array(v.string()),
  State: InspectState,
  Image: v.string(),
  ImageDigest: v.string(),
  ImageName: v.string(),
  /** The image as the client that created it named it, where it said so beside the full name. Not part of libpod's answer. */
  RawImageName: v.optional(v.string()),
  Rootfs: v.string(),
  Pod: v.string(),
  ResolvConfPath: v.string(),
  HostnamePath: v.string(),
  HostsPath: v.string(),
  StaticDir: v.string(),
  OCIConfigPath: v.optional(v.string()),
  OCIRuntime: v.string(),
  ConmonPidFile: v.string(),
  PidFile: v.string(),
  Name: v.string(),
  RestartCount: v.number(),
  Driver: v.string(),
  MountLabel: v.string(),
  ProcessLabel: v.string(),
  AppArmorProfile: v.string(),
  EffectiveCaps: listOrNull(v.string()),
  BoundingCaps: listOrNull(v.string()),
  ExecIDs: v.array(v.string()),
  GraphDriver: v.object({ Name: v.string(), Data: v.nullable(TextMap) }),
  SizeRw: v.optional(v.number()),
  SizeRootFs: v.optional(v.number()),
  Mounts: v.array(InspectMount),
  Dependencies: v.array(v.string()),
  NetworkSettings: InspectNetworkSettings,
  Namespace: v.string(),
  IsInfra: v.boolean(),
  IsService: v.boolean(),
  Config: InspectConfig,
  HostConfig: InspectHostConfig,
})
export type ContainerInspect = v.InferOutput<typeof ContainerInspect>
