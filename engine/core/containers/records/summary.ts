import type { ContainerSummary } from '../../../contract/index.ts'
import type { ContainerRecord } from '../../../store/index.ts'
import { parseRfc3339 } from '../../time/nanos.ts'
import { byName } from '../../../spec/pair.ts'
import { isLive, isOver } from '../lifecycle/transitions.ts'

/** Go's zero time in seconds since 1970: never. */
const never = -62_135_596_800

/** A container as lists show it, but for its size. */
export function summarize(record: ContainerRecord, pod: { name: string; infra?: ContainerRecord } | undefined): ContainerSummary {
  const { id, name, created, config, state } = record
  const portsOf = pod?.infra && config.namespaces.net.mode === 'pod' ? pod.infra : record
  return {
    AutoRemove: config.autoRemove,
    Command: orNull(config.command),
    Created: created,
    CreatedAt: '',
    CIDFile: config.spec.cidfile ?? '',
    Exited: isOver(record),
    ExitedAt: seconds(state.finishedAt),
    ExitCode: state.exitCode,
    ExposedPorts: exposedPorts(config.exposed),
    Id: id,
    Image: config.image?.name ?? '',
    ImageID: config.image?.id ?? '',
    IsInfra: config.isInfra,
    Labels: Object.keys(config.labels).length === 0 ? null : byName(config.labels),
    Mounts: mountPlaces(config.mounts),
    Names: [name],
    Namespaces: {},
    Networks: Object.keys(config.networks),
    Pid: isLive(record) ? state.pid : 0,
    Pod: record.pod ?? '',
    PodName: pod?.name ?? '',
    Ports: orNull(portsOf.config.ports.map((port) => ({ host_ip: '', host_port: 0, range: 1, protocol: 'tcp', ...port }))),
    Restarts: state.restarts,
    Size: null,
    StartedAt: seconds(state.startedAt),
    State: state.status,
    Status: isLive(record) ? (state.health ?? '') : '',
    NetworkMode: config.namespaces.net.mode,
    ...(state.oomKilled && isOver(record) ? { OOMKilled: true } : {}),
    ...(state.checkpointed && isOver(record) ? { Checkpointed: true } : {}),
    ...(state.stoppedByUser && isOver(record) ? { StoppedByUser: true } : {}),
    ...(state.restartAt !== undefined && isOver(record) ? { RestartAt: seconds(state.restartAt) } : {}),
  }
}

/** As podman lists them: volumes last. */
function mountPlaces(mounts: ContainerRecord['config']['mounts']): string[] {
  const isVolume = ({ kind }: (typeof mounts)[number]) => kind === 'volume'
  return [...mounts.filter((mount) => !isVolume(mount)), ...mounts.filter(isVolume)].map(({ destination }) => destination)
}

function seconds(time: string): number {
  const nanos = parseRfc3339(time)
  return nanos === null ? never : Number(nanos / 1_000_000_000n)
}

/** libpod writes `{80: ["tcp"]}`. */
function exposedPorts(exposed: readonly string[]): Record<string, string[]> | null {
  const ports: Record<string, string[]> = {}
  for (const each of exposed) {
    const [port = '', protocol = 'tcp'] = each.split('/')
    ;(ports[port] ??= []).push(protocol)
  }
  return Object.keys(ports).length === 0 ? null : ports
}

function orNull<T>(list: readonly T[]): T[] | null {
  return list.length === 0 ? null : [...list]
}
