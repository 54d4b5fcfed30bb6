import type { ContainerSummary } from '../../contract/index.ts'
import { ago, stateText } from '../../spec/duration.ts'
import { goTime } from './go-time.ts'
import { formatSize } from '../../spec/size.ts'
import { shortId } from '../../spec/name.ts'

/** A container's state as podman's ps shows it. */
export function statusText({ State, StartedAt, ExitedAt, ExitCode, Status }: ContainerSummary, now = Date.now()): string {
  return stateText({ state: State, startedAt: StartedAt, exitedAt: ExitedAt, exitCode: ExitCode, health: Status }, now)
}

/** Ports as podman's ps shows them: the published ones, `0.0.0.0:8080->80/tcp` or `8080-8089->80-89/tcp`, then those only exposed, `90-95/tcp`. */
export function portsText(ports: ContainerSummary['Ports'], exposed: Record<string, string[]> | null = null): string {
  const run = (first: number, count: number) => (count > 1 ? `${first}-${first + count - 1}` : String(first))
  const published = (ports ?? []).map(
    ({ host_ip, host_port = 0, container_port, range = 1, protocol = 'tcp' }) =>
      `${host_ip || '0.0.0.0'}:${run(host_port, range)}->${run(container_port, range)}/${protocol}`,
  )
  const isPublished = (port: number, protocol: string) =>
    (ports ?? []).some(
      ({ container_port: first, range = 1, protocol: own = 'tcp' }) =>
        own === protocol && port >= first && port < first + Math.max(1, range),
    )
  const others = Object.entries(exposed ?? {})
    .flatMap(([port, protocols]) => protocols.map((protocol) => ({ port: Number(port), protocol })))
    .filter(({ port, protocol }) => !isPublished(port, protocol))
    .toSorted((a, b) => (a.protocol === b.protocol ? a.port - b.port : a.protocol < b.protocol ? -1 : 1))
  const runs: { first: number; count: number; protocol: string }[] = []
  for (const { port, protocol } of others) {
    const last = runs.at(-1)
    if (last && last.protocol === protocol && last.first + last.count === port) last.count += 1
    else runs.push({ first: port, count: 1, protocol })
  }
  return [...published, ...runs.map(({ first, count, protocol }) => `${run(first, count)}/${protocol}`)].join(', ')
}

/** Fields that are computed only if a template uses them. */
const lazyFields = (container: ContainerSummary, long: boolean, now: number) => ({
  get Command() {
    const text = (container.Command ?? []).join(' ')
    return long || text.length <= 17 ? text : `${text.slice(0, 17)}...`
  },
  get CreatedAt() {
    return goTime(container.Created)
  },
  get CreatedHuman() {
    return ago(Date.parse(container.Created), now)
  },
  get RunningFor() {
    return ago(Date.parse(container.Created), now)
  },
  get Status() {
    return statusText(container, now)
  },
  get Ports() {
    return portsText(container.Ports, container.ExposedPorts as Record<string, string[]> | null)
  },
  get Size() {
    const { rwSize = 0, rootFsSize = 0 } = container.Size ?? {}
    return `${formatSize(rwSize, 3)} (virtual ${formatSize(rootFsSize + rwSize, 3)})`
  },
  /** For templates: `{{.Label "name"}}`. */
  Label: (name: unknown) => (typeof name === 'string' ? container.Labels?.[name] : undefined) ?? '',
})

const plainFields = (container: ContainerSummary, id: (value: string) => string) => ({
  ID: id(container.Id),
  Id: id(container.Id),
  Image: container.Image,
  ImageID: id(container.ImageID),
  Names: container.Names.join(','),
  Pid: container.Pid,
  PID: container.Pid,
  Pod: id(container.Pod),
  PodID: id(container.Pod),
  PodName: container.PodName,
  ExitCode: container.ExitCode,
  Networks: (container.Networks ?? []).join(','),
  State: container.State,
  User: '',
  Cgroup: '',
})

/** The kernel's numbers of a container's namespaces, under podman's headings. */
function namespaceFields({ Namespaces }: ContainerSummary) {
  const numbers = (Namespaces ?? {}) as Record<string, string>
  const of = (name: string) => numbers[name] ?? ''
  return {
    CGROUPNS: of('Cgroup'),
    Cgroup: of('Cgroup'),
    IPC: of('Ipc'),
    MNT: of('Mnt'),
    NET: of('Net'),
    PIDNS: of('Pidns'),
    USERNS: of('User'),
    UTS: of('Uts'),
  }
}

/** A container under the names that templates use. */
export function containerRow(container: ContainerSummary, long: boolean, now = Date.now()) {
  const id = (value: string) => (long ? value : shortId(value))
  const row = Object.create(lazyFields(container, long, now)) as ReturnType<typeof lazyFields>
  return Object.assign(row, plainFields(container, id), namespaceFields(container))
}

/** The fields that a template finds before those of the container itself. */
export function ownFields(container: ContainerSummary, long: boolean, now = Date.now()) {
  const lazy = lazyFields(container, long, now)
  const fields = { ...plainFields(container, (value) => (long ? value : shortId(value))), ...namespaceFields(container) }
  return Object.defineProperties(fields, Object.getOwnPropertyDescriptors(lazy)) as typeof fields & typeof lazy
}
