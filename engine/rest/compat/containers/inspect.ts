import type { ContainerInspect } from '../../../contract/index.ts'
import { cacheJson, hasCachedJson } from '../../../lib/files/known-json.ts'
import type { Mapping } from '../mapping.ts'
import { familiar, withAlgorithm } from '../names.ts'
import { dockerState } from './list.ts'
import { dockerNetworks, requestedHostConfig } from './requested.ts'

/** A container in full in Docker's form. */
export const inspect: Mapping<'docker.container.inspect'> = async (engine, { name, size }, options) => {
  const container = await engine['container.inspect']({ name, size }, options)
  const before = known.get(container)
  if (before) return before
  const answer = toInspect(container)
  // The engine answers with the same object as long as nothing changed.
  if (hasCachedJson(container)) {
    known.set(container, answer)
    cacheJson(answer, JSON.stringify(answer))
  }
  return answer
}

const known = new WeakMap<ContainerInspect, ReturnType<typeof toInspect>>()

function toInspect(container: ContainerInspect) {
  const { State, Config, HostConfig, NetworkSettings } = container
  return {
    Id: container.Id,
    Created: container.Created,
    Path: container.Path,
    Args: container.Args,
    State: {
      Status: dockerState(State.Status),
      Running: State.Running,
      Paused: State.Paused,
      Restarting: State.Restarting,
      OOMKilled: State.OOMKilled,
      Dead: State.Dead,
      Pid: State.Pid,
      ExitCode: State.ExitCode,
      Error: State.Error,
      StartedAt: State.StartedAt,
      FinishedAt: State.FinishedAt,
      ...(State['Health'] === undefined ? {} : { Health: State['Health'] }),
    },
    Image: withAlgorithm(container.Image),
    ResolvConfPath: container.ResolvConfPath,
    HostnamePath: container.HostnamePath,
    HostsPath: container.HostsPath,
    LogPath: HostConfig.LogConfig.Path,
    Name: `/${container.Name}`,
    RestartCount: container.RestartCount,
    Driver: container.Driver,
    Platform: 'linux',
    MountLabel: container.MountLabel,
    ProcessLabel: container.ProcessLabel,
    AppArmorProfile: container.AppArmorProfile,
    ExecIDs: container.ExecIDs,
    HostConfig: { ...toHostConfig(HostConfig), ...requestedHostConfig(container) },
    GraphDriver: container.GraphDriver,
    ...(container.SizeRw === undefined ? {} : { SizeRw: container.SizeRw }),
    ...(container.SizeRootFs === undefined ? {} : { SizeRootFs: container.SizeRootFs }),
    Mounts: container.Mounts.map((mount) => without(mount, 'Options', 'SubPath')),
    Config: toConfig(Config, container.RawImageName),
    NetworkSettings: {
      SecondaryIPAddresses: null,
      SecondaryIPv6Addresses: null,
      ...NetworkSettings,
      Networks: dockerNetworks(container),
    },
  }
}

/** Fields of libpod's that Docker's API has no name for. */
const libpodOnly = [
  'AutoRemoveImage',
  'CgroupConf',
  'CgroupManager',
  'CgroupMode',
  'Cgroups',
  'DiskQuota',
  'HostsFile',
  'KernelMemory',
  'Tmpfs',
]

/** Docker's clients know its own log drivers only; libpod's default is of the kind of json-file. */
function toHostConfig(host: ContainerInspect['HostConfig']) {
  const { LogConfig, MemorySwappiness, Ulimits, Annotations, ...rest } = host
  const limits = Array.isArray(Ulimits) ? (Ulimits as { Name: string }[]) : []
  return {
    ...without(rest, ...libpodOnly),
    ...(Annotations ? { Annotations } : {}),
    CgroupnsMode: host['CgroupMode'] ?? '',
    DeviceCgroupRules: null,
    DeviceRequests: null,
    LogConfig: { Type: LogConfig.Type === 'k8s-file' ? 'json-file' : LogConfig.Type, Config: null },
    MemorySwappiness: MemorySwappiness === -1 ? 0 : MemorySwappiness,
    Ulimits: limits.map((limit) => ({ ...limit, Name: limit.Name.toLowerCase().replace(/^rlimit_/, '') })),
    MaskedPaths: null,
    ReadonlyPaths: null,
  }
}

/** What Docker's API has of a container's configuration. */
const configFields = new Set(
  'Hostname Domainname User AttachStdin AttachStdout AttachStderr ExposedPorts Tty OpenStdin StdinOnce Env Healthcheck Volumes WorkingDir OnBuild StopSignal StopTimeout'.split(
    ' ',
  ),
)

function toConfig(config: ContainerInspect['Config'], requested: string | undefined) {
  return {
    ...Object.fromEntries(Object.entries(config).filter(([field]) => configFields.has(field))),
    Tty: config.Tty,
    Image: requested ?? familiar(config.Image),
    Labels: config.Labels ?? {},
    Entrypoint: config.Entrypoint ?? [],
    Cmd: config.Cmd ?? [],
  }
}

function without(fields: object, ...names: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))
}
