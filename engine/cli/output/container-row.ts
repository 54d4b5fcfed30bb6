import type { ContainerSummary } from '../../contract/index.ts'
import { ago, stateText } from '../../spec/duration.ts'
import { goTime } from './go-time.ts'
import { formatSize } from '../../spec/size.ts'
import { shortId } from '../../spec/name.ts'

/** A container's state as podman's ps shows it. */
export function statusText({ State, StartedAt, ExitedAt, ExitCode, Status }: ContainerSummary, now = Date.now()): string {
  return stateText({ state: State, startedAt: StartedAt, exitedAt: ExitedAt, exitCode: ExitCode, health: Status }, now)
}

/** Published ports as podman's ps shows them: `0.0.0.0:8080->80/tcp`, runs as `8080-8089->80-89/tcp`. */
export function portsText(ports: ContainerSummary['Ports']): string {
  return (ports ?? [])
    .map(({ host_ip, host_port = 0, container_port, range = 1, protocol = 'tcp' }) => {
      const run = (first: number) => (range > 1 ? `${first}-${first + range - 1}` : String(first))
      return `${host_ip || '0.0.0.0'}:${run(host_port)}->${run(container_port)}/${protocol}`
    })
    .join(', ')
}

/** Fields that are computed only if a template uses them. */
const lazyFields = (container: ContainerSummary, long: boolean, now: number) => ({
  get Command() {
    const text = (container.Command ?? []).join(' ')
    return long || text.length <= 17 ? text : `${text.slice(0, 17)}...`
  },
  get Created() {
    return goTime(container.Created)
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
    return portsText(container.Ports)
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
  Exited: container.Exited,
  ExitedAt: container.ExitedAt,
  StartedAt: container.StartedAt,
  Restarts: container.Restarts,
  IsInfra: container.IsInfra,
  AutoRemove: container.AutoRemove,
  CIDFile: container.CIDFile,
  ExposedPorts: container.ExposedPorts,
  Labels: container.Labels ?? {},
  Networks: (container.Networks ?? []).join(','),
  State: container.State,
  Mounts: container.Mounts,
})

/** The kernel's numbers of a container's namespaces, under podman's headings. */
function namespaceFields({ Namespaces }: ContainerSummary) {
  const numbers = (Namespaces ?? {}) as Record<string, string>
  const of = (name: string) => numbers[name] ?? ''
  return {
    Namespaces: numbers,
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
