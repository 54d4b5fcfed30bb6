import { type GoTypes, row, typed } from '../typed.ts'

/** The types of the rows of lists. */
export const listTypes: GoTypes = {
  'types.ListContainer':
    'AutoRemove bool; Command []string; Created time.Time; CreatedAt string; CIDFile string; Exited bool; ExitedAt int; ExitCode int; ExposedPorts map[int][]string; ID=Id string; Image string; ImageID string; IsInfra bool; Labels map[string]string; Mounts []string; Names []string; Namespaces types.ListContainerNamespaces; Networks []string; Pid int; Pod string; PodName string; Ports []types.PortMapping; Restarts int; Size *define.ContainerSize; StartedAt int; State string; Status string; @Id ID',
  'types.ListContainerNamespaces':
    'MNT=Mnt string; Cgroup string; IPC=Ipc string; NET=Net string; PIDNS=Pidns string; UTS=Uts string; User string',
  'types.PortMapping':
    'HostIP=host_ip string; ContainerPort=container_port int; HostPort=host_port int; Range=range int; Protocol=protocol string',
  'define.ContainerSize': 'RootFsSize=rootFsSize int; RwSize=rwSize int',
  'types.ListPodsReport':
    'Cgroup string; Containers []*types.ListPodContainer; Created time.Time; Id string; InfraId string; Name string; Namespace string; Networks []string; Status string; Labels map[string]string',
  'types.ListPodContainer': 'Id string; Names string; Status string; RestartCount int',
  'types.ImageSummary':
    'ID=Id string; ParentId string; RepoTags []string; RepoDigests []string; Created int; Size int; SharedSize int; VirtualSize int; Labels map[string]string; Containers int; ReadOnly bool; Dangling bool; Arch string; Digest string; History []string; IsManifestList *bool; Names []string; Os string; @Id ID',
  'types.ImageHistoryLayer':
    'ID=id string; Created=created time.Time; CreatedBy string; Tags=tags []string; Size=size int; Comment=comment string',
  'define.ContainerStats':
    'AvgCPU float64; ContainerID string; Name string; PerCPU []int; CPU float64; CPUNano int; CPUSystemNano int; SystemNano int; MemUsage int; MemLimit int; MemPerc float64; Network map[string]define.ContainerNetworkStats; BlockInput int; BlockOutput int; PIDs int; UpTime time.Duration; Duration int',
  'define.ContainerNetworkStats':
    'RxBytes int; RxDropped int; RxErrors int; RxPackets int; TxBytes int; TxDropped int; TxErrors int; TxPackets int',
  'system.Event':
    'ContainerExitCode *int; ID string; Image string; Name string; Network=network string; Status string; Time=time int; TimeNano=timeNano int; Type string; HealthStatus=health_status string; Error=error string; +Details events.Details',
  'events.Details': 'ContainerInspectData string; PodID string; Attributes map[string]string',
}

/**
 * A row of a list as podman's templates see it: `own` fields before those of the object, which is embedded under its type's name.
 *
 * @param type the row's Go type. @param object the object's, of {@link listTypes}. @param options what JSON shows, the object if not given.
 */
export function listRow<T extends object>(
  type: string,
  object: string,
  value: object,
  own: T,
  { json = value, before = [] }: { json?: unknown; before?: readonly string[] } = {},
): T {
  const name = object.slice(object.lastIndexOf('.') + 1)
  return row(type, name, typed(listTypes, object, value) as object, own, { json, before })
}
