import * as v from 'valibot'

import { pathHeader, Renames } from '../containers/archive.ts'
import { Anything, Integer, Moment, Name, Nothing, TextMap } from '../fields.ts'
import { FileChanges } from '../images/shapes.ts'
import { dockerOperation } from './docker-operation.ts'
import { Count, MaybeFilters, Off, On, platform, Text } from './parameters.ts'

const ref = { name: Name }
const path = (verb: string) => `/containers/{name}/${verb}`

/** A missing container is 404, all that is wrong with its state 500, as libpod has it. */
const statuses = { codes: { ContainerStateInvalid: 500, NotSupported: 400, LimitUnavailable: 400 } } as const

/** A container in a list. Times are seconds, sizes bytes. */
export const DockerContainerSummary = v.looseObject({
  Id: v.string(),
  Names: v.array(v.string()),
  Image: v.string(),
  ImageID: v.string(),
  Command: v.string(),
  Created: v.number(),
  Ports: v.array(
    v.object({ IP: v.optional(v.string()), PrivatePort: v.number(), PublicPort: v.optional(v.number()), Type: v.string() }),
  ),
  SizeRw: v.optional(v.number()),
  SizeRootFs: v.optional(v.number()),
  Labels: TextMap,
  State: v.string(),
  Status: v.string(),
  HostConfig: v.object({ NetworkMode: v.string() }),
  NetworkSettings: v.object({ Networks: v.record(v.string(), Anything) }),
  Mounts: v.array(Anything),
})

/** A container in full. */
export const DockerContainerInspect = v.looseObject({
  Id: v.string(),
  Created: v.string(),
  Path: v.string(),
  Args: v.array(v.string()),
  State: v.looseObject({ Status: v.string(), Running: v.boolean(), Pid: v.number(), ExitCode: v.number() }),
  Image: v.string(),
  Name: v.string(),
  RestartCount: v.number(),
  Driver: v.string(),
  Platform: v.string(),
  ExecIDs: v.array(v.string()),
  HostConfig: v.looseObject({ NetworkMode: v.string() }),
  GraphDriver: Anything,
  SizeRw: v.optional(v.number()),
  SizeRootFs: v.optional(v.number()),
  Mounts: v.array(Anything),
  Config: v.looseObject({ Image: v.string(), Tty: v.boolean() }),
  NetworkSettings: v.looseObject({ Networks: v.record(v.string(), Anything) }),
})

const Texts = v.optional(v.nullable(v.array(v.string())))
/** A list, or a line for the shell. */
const Words = v.optional(v.nullable(v.union([v.array(v.string()), v.string()])))
const MaybeText = v.optional(v.nullable(v.string()))
const MaybeNumber = v.optional(v.nullable(v.number()))
const MaybeFlag = v.optional(v.nullable(v.boolean()))
const Keys = v.optional(v.nullable(v.record(v.string(), Anything)))
const MaybeMap = v.optional(v.nullable(TextMap))

/** What depends on the host. What is not named here is refused where it asks for something. Sizes are bytes. */
export const DockerHostConfig = v.looseObject({
  Binds: Texts,
  Mounts: v.optional(
    v.nullable(
      v.array(
        v.looseObject({
          Type: v.string(),
          Source: MaybeText,
          Target: v.string(),
          ReadOnly: MaybeFlag,
          BindOptions: v.optional(v.nullable(v.looseObject({ Propagation: MaybeText }))),
          VolumeOptions: v.optional(v.nullable(v.looseObject({ NoCopy: MaybeFlag, Subpath: MaybeText }))),
          TmpfsOptions: v.optional(v.nullable(v.looseObject({ SizeBytes: MaybeNumber, Mode: MaybeNumber }))),
        }),
      ),
    ),
  ),
  Tmpfs: MaybeMap,
  NetworkMode: MaybeText,
  PortBindings: v.optional(
    v.nullable(v.record(v.string(), v.nullable(v.array(v.looseObject({ HostIp: MaybeText, HostPort: MaybeText }))))),
  ),
  PublishAllPorts: MaybeFlag,
  RestartPolicy: v.optional(v.nullable(v.looseObject({ Name: MaybeText, MaximumRetryCount: MaybeNumber }))),
  AutoRemove: MaybeFlag,
  Privileged: MaybeFlag,
  CapAdd: Texts,
  CapDrop: Texts,
  ReadonlyRootfs: MaybeFlag,
  SecurityOpt: Texts,
  GroupAdd: Texts,
  Memory: MaybeNumber,
  MemoryReservation: MaybeNumber,
  MemorySwap: MaybeNumber,
  MemorySwappiness: MaybeNumber,
  NanoCpus: MaybeNumber,
  CpuShares: MaybeNumber,
  CpuPeriod: MaybeNumber,
  CpuQuota: MaybeNumber,
  CpusetCpus: MaybeText,
  CpusetMems: MaybeText,
  PidsLimit: MaybeNumber,
  ShmSize: MaybeNumber,
  OomScoreAdj: MaybeNumber,
  Ulimits: v.optional(v.nullable(v.array(v.looseObject({ Name: v.string(), Hard: v.number(), Soft: v.number() })))),
  Sysctls: MaybeMap,
  ExtraHosts: Texts,
  Dns: Texts,
  DnsOptions: Texts,
  DnsSearch: Texts,
  PidMode: MaybeText,
  IpcMode: MaybeText,
  UTSMode: MaybeText,
  UsernsMode: MaybeText,
  CgroupnsMode: MaybeText,
  CgroupParent: MaybeText,
  LogConfig: v.optional(v.nullable(v.looseObject({ Type: MaybeText, Config: MaybeMap }))),
  Init: MaybeFlag,
  Devices: v.optional(
    v.nullable(v.array(v.looseObject({ PathOnHost: v.string(), PathInContainer: MaybeText, CgroupPermissions: MaybeText }))),
  ),
  Annotations: MaybeMap,
  VolumesFrom: Texts,
  DeviceRequests: v.optional(
    v.nullable(
      v.array(
        v.looseObject({
          Driver: MaybeText,
          Count: MaybeNumber,
          DeviceIDs: Texts,
          Capabilities: v.optional(v.nullable(v.array(v.array(v.string())))),
        }),
      ),
    ),
  ),
})
export type DockerHostConfig = v.InferOutput<typeof DockerHostConfig>

/** What a container is made from: Docker's Config, with the host's settings in it. */
export const DockerContainerConfig = v.looseObject({
  Image: v.string(),
  /** As dockerode writes it; the query's comes first. */
  Name: MaybeText,
  Cmd: Words,
  Entrypoint: Words,
  Env: Texts,
  Hostname: MaybeText,
  User: MaybeText,
  WorkingDir: MaybeText,
  Labels: MaybeMap,
  Tty: MaybeFlag,
  OpenStdin: MaybeFlag,
  StopSignal: MaybeText,
  StopTimeout: MaybeNumber,
  ExposedPorts: Keys,
  Volumes: Keys,
  Healthcheck: v.optional(
    v.nullable(
      v.looseObject({
        Test: Texts,
        Interval: MaybeNumber,
        Timeout: MaybeNumber,
        StartPeriod: MaybeNumber,
        StartInterval: MaybeNumber,
        Retries: MaybeNumber,
      }),
    ),
  ),
  MacAddress: MaybeText,
  NetworkDisabled: MaybeFlag,
  HostConfig: v.optional(v.nullable(DockerHostConfig)),
  NetworkingConfig: v.optional(
    v.nullable(
      v.looseObject({
        EndpointsConfig: v.optional(
          v.nullable(
            v.record(
              v.string(),
              v.nullable(
                v.looseObject({
                  Aliases: Texts,
                  MacAddress: MaybeText,
                  IPAMConfig: v.optional(v.nullable(v.looseObject({ IPv4Address: MaybeText, IPv6Address: MaybeText }))),
                }),
              ),
            ),
          ),
        ),
      }),
    ),
  ),
})
export type DockerContainerConfig = v.InferOutput<typeof DockerContainerConfig>

const terminal = { terminal: { operation: 'container.inspect', field: 'name', at: 'Config.Tty' } } as const

export const dockerContainerOperations = {
  'docker.container.list': dockerOperation({
    kind: 'call',
    method: 'GET',
    path: '/containers/json',
    summary: 'List containers',
    input: v.object({ all: Off, limit: Count, size: Off, filters: MaybeFilters }),
    output: () => v.array(DockerContainerSummary),
    errors: ['InvalidArgument'],
    statuses: { fields: { filters: 500 } },
  }),
  'docker.container.create': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: '/containers/create',
    summary: 'Create a container',
    input: v.object({ name: Text, ...platform }),
    body: DockerContainerConfig,
    output: () => v.object({ Id: v.string(), Warnings: v.array(v.string()) }),
    status: 201,
    errors: ['ImageNotFound', 'ContainerExists', 'InvalidArgument', 'NotSupported'],
    statuses,
  }),
  'docker.container.prune': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: '/containers/prune',
    summary: 'Remove all containers that do not run',
    input: v.object({ filters: MaybeFilters }),
    output: () => v.object({ ContainersDeleted: v.nullable(v.array(v.string())), SpaceReclaimed: v.number() }),
    errors: [],
  }),
  'docker.container.inspect': dockerOperation({
    kind: 'call',
    method: 'GET',
    path: path('json'),
    summary: 'Show a container in full',
    input: v.object({ ...ref, size: Off }),
    output: () => DockerContainerInspect,
    errors: ['ContainerNotFound'],
  }),
  'docker.container.start': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: path('start'),
    summary: 'Start a container',
    input: v.object({ ...ref, detachKeys: Text }),
    output: () => Nothing,
    errors: ['ContainerNotFound', 'ContainerAlreadyStarted', 'ContainerStateInvalid', 'CommandNotFound', 'PortInUse'],
    statuses,
  }),
  'docker.container.stop': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: path('stop'),
    summary: 'Stop a container: its stop signal, then after `t` seconds SIGKILL',
    input: v.object({ ...ref, t: v.optional(Integer) }),
    output: () => Nothing,
    errors: ['ContainerNotFound', 'ContainerAlreadyStopped', 'ContainerStateInvalid', 'StopTimeout'],
    statuses,
  }),
  'docker.container.restart': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: path('restart'),
    summary: 'Stop a container if it runs, and start it',
    input: v.object({ ...ref, t: v.optional(Integer) }),
    output: () => Nothing,
    errors: ['ContainerNotFound', 'ContainerStateInvalid', 'StopTimeout'],
    statuses,
  }),
  'docker.container.kill': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: path('kill'),
    summary: 'Send a signal to a container',
    input: v.object({ ...ref, signal: Text }),
    output: () => Nothing,
    errors: ['ContainerNotFound', 'ContainerStateInvalid', 'InvalidArgument'],
  }),
  'docker.container.pause': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: path('pause'),
    summary: 'Pause all processes in a container',
    input: v.object(ref),
    output: () => Nothing,
    errors: ['ContainerNotFound', 'ContainerStateInvalid', 'CgroupUnavailable'],
    statuses,
  }),
  'docker.container.unpause': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: path('unpause'),
    summary: 'Let a paused container go on',
    input: v.object(ref),
    output: () => Nothing,
    errors: ['ContainerNotFound', 'ContainerStateInvalid'],
    statuses,
  }),
  'docker.container.rename': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: '/containers/{container}/rename',
    summary: 'Give a container another name',
    input: v.object({ container: Name, name: Name }),
    output: () => Nothing,
    errors: ['ContainerNotFound', 'ContainerExists', 'NameInvalid'],
  }),
  'docker.container.remove': dockerOperation({
    kind: 'call',
    method: 'DELETE',
    path: '/containers/{name}',
    summary: 'Remove a container',
    input: v.object({ ...ref, force: Off, v: Off, ignore: Off }),
    output: () => Nothing,
    errors: ['ContainerNotFound', 'ContainerStateInvalid', 'ContainerDependency'],
    statuses,
  }),
  'docker.container.wait': dockerOperation({
    kind: 'stream',
    method: 'POST',
    path: path('wait'),
    summary: 'Wait until a container does not run, ends next or is removed; the head of the answer comes at once',
    input: v.object({ ...ref, condition: Text }),
    output: () => v.object({ StatusCode: v.number(), Error: v.nullable(v.object({ Message: v.string() })) }),
    firstByte: 'ready',
    errors: ['ContainerNotFound', 'InvalidArgument'],
  }),
  'docker.container.logs': dockerOperation({
    kind: 'stream',
    format: 'bytes',
    method: 'GET',
    path: path('logs'),
    summary: "Read a container's output: with a terminal as it is, without one in frames",
    input: v.object({
      ...ref,
      follow: Off,
      stdout: Off,
      stderr: Off,
      since: Moment,
      until: Moment,
      timestamps: Off,
      tail: Text,
    }),
    output: () => Anything,
    firstByte: 'ready',
    errors: ['ContainerNotFound', 'InvalidArgument', 'NotSupported'],
    statuses: { codes: { NotSupported: 400 } },
  }),
  'docker.container.attach': dockerOperation({
    kind: 'duplex',
    method: 'POST',
    path: path('attach'),
    summary: "Connect to a container's terminal or standard streams",
    input: v.object({ ...ref, detachKeys: Text, logs: Off, stream: Off, stdin: Off, stdout: Off, stderr: Off }),
    output: () => Nothing,
    upgrade: terminal,
    errors: ['ContainerNotFound', 'ContainerStateInvalid', 'MonitorFailed'],
    statuses,
  }),
  'docker.container.resize': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: path('resize'),
    summary: "Set the size of a container's terminal",
    input: v.object({ ...ref, h: Count, w: Count }),
    output: () => Nothing,
    status: 200,
    errors: ['ContainerNotFound', 'ContainerStateInvalid'],
  }),
  'docker.container.top': dockerOperation({
    kind: 'call',
    method: 'GET',
    path: path('top'),
    summary: 'List the processes in a container',
    input: v.object({ ...ref, ps_args: Text }),
    output: () => v.object({ Titles: v.array(v.string()), Processes: v.array(v.array(v.string())) }),
    errors: ['ContainerNotFound', 'ContainerStateInvalid'],
    statuses,
  }),
  'docker.container.stats': dockerOperation({
    kind: 'stream',
    method: 'GET',
    path: path('stats'),
    summary: 'Resource use of a container',
    input: v.object({ ...ref, stream: On, 'one-shot': Off }),
    output: () => v.looseObject({ read: v.string(), name: v.string(), id: v.string() }),
    errors: ['ContainerNotFound'],
  }),
  /** Libpod has Docker's shape here too, with another name for the id; its own is `/libpod/containers/stats`. */
  'docker.container.libpodStats': dockerOperation({
    kind: 'stream',
    method: 'GET',
    path: '/libpod/containers/{name}/stats',
    summary: 'Resource use of a container',
    input: v.object({ ...ref, stream: On, 'one-shot': Off }),
    output: () => v.looseObject({ read: v.string(), name: v.string(), Id: v.string() }),
    errors: ['ContainerNotFound'],
  }),
  'docker.container.export': dockerOperation({
    kind: 'stream',
    format: 'bytes',
    mediaType: 'application/x-tar',
    method: 'GET',
    path: path('export'),
    summary: 'The file system of a container as a tar archive',
    input: v.object(ref),
    output: () => Anything,
    firstByte: 'item',
    errors: ['ContainerNotFound'],
  }),
  'docker.container.changes': dockerOperation({
    kind: 'call',
    method: 'GET',
    path: path('changes'),
    summary: 'What a container changed in its file system',
    input: v.object(ref),
    output: () => FileChanges,
    errors: ['ContainerNotFound'],
  }),
  'docker.container.pathInfo': dockerOperation({
    kind: 'call',
    method: 'HEAD',
    path: path('archive'),
    summary: 'What is at a path in a container',
    input: v.object({ ...ref, path: Name }),
    output: () => Anything,
    answerHeader: { name: pathHeader },
    errors: ['ContainerNotFound', 'PathNotFound'],
  }),
  'docker.container.copyFrom': dockerOperation({
    kind: 'stream',
    format: 'bytes',
    mediaType: 'application/x-tar',
    method: 'GET',
    path: path('archive'),
    summary: 'A file or folder of a container as a tar archive',
    input: v.object({ ...ref, path: Name }),
    output: () => Anything,
    answerHeader: { name: pathHeader, operation: 'container.pathInfo', fields: ['name', 'path'] },
    firstByte: 'item',
    errors: ['ContainerNotFound', 'PathNotFound'],
  }),
  'docker.container.copyTo': dockerOperation({
    kind: 'call',
    method: 'PUT',
    path: path('archive'),
    summary: 'Unpack a tar archive into a folder of a container',
    input: v.object({ ...ref, path: Name, noOverwriteDirNonDir: Off, copyUIDGID: Off, rename: v.optional(Renames) }),
    body: 'bytes',
    output: () => Nothing,
    status: 200,
    errors: ['ContainerNotFound', 'PathNotFound', 'ArchiveInvalid', 'AccessDenied'],
  }),
}
