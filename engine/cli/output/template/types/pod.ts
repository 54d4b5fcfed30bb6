import type { GoTypes } from '../typed.ts'
import { containerTypes } from './container.ts'

const { 'define.InspectHostPort': port, 'define.InspectMount': mount, 'define.InspectDevice': device } = containerTypes
const { 'define.InspectBlkioWeightDevice': weight, 'define.InspectBlkioThrottleDevice': throttle } = containerTypes

/** The types that `pod inspect` answers with. */
export const podTypes: GoTypes = {
  'define.InspectPodData':
    'ID=Id string; Name string; Namespace string; Created time.Time; CreateCommand []string; ExitPolicy string; State string; Hostname string; Labels map[string]string; CreateCgroup bool; CgroupParent string; CgroupPath string; CreateInfra bool; InfraContainerID string; InfraConfig *define.InspectPodInfraConfig; SharedNamespaces []string; NumContainers int; Containers []define.InspectPodContainerInfo; CPUPeriod=cpu_period int; CPUQuota=cpu_quota int; CPUShares=cpu_shares int; CPUSetCPUs=cpuset_cpus string; CPUSetMems=cpuset_mems string; Mounts=mounts []define.InspectMount; Devices=devices []define.InspectDevice; BlkioDeviceReadBps=device_read_bps []define.InspectBlkioThrottleDevice; BlkioDeviceWriteBps=device_write_bps []define.InspectBlkioThrottleDevice; VolumesFrom=volumes_from []string; SecurityOpts=security_opt []string; MemoryLimit=memory_limit int; MemorySwap=memory_swap int; BlkioWeight=blkio_weight int; BlkioWeightDevice=blkio_weight_device []define.InspectBlkioWeightDevice; RestartPolicy string; LockNumber int; @Id ID',
  'define.InspectPodInfraConfig':
    'PortBindings map[string][]define.InspectHostPort; HostNetwork bool; StaticIP net.IP; StaticMAC string; NoManageResolvConf bool; DNSServer []string; DNSSearch []string; DNSOption []string; NoManageHostname bool; NoManageHosts bool; HostAdd []string; HostsFile string; Networks []string; NetworkOptions map[string][]string; CPUPeriod=cpu_period int; CPUQuota=cpu_quota int; CPUSetCPUs=cpuset_cpus string; PidNS=pid_ns string; UserNS=userns string; UtsNS=uts_ns string',
  'define.InspectPodContainerInfo': 'ID=Id string; Name string; State string; @Id ID',
  'define.InspectHostPort': port ?? '',
  'define.InspectMount': mount ?? '',
  'define.InspectDevice': device ?? '',
  'define.InspectBlkioWeightDevice': weight ?? '',
  'define.InspectBlkioThrottleDevice': throttle ?? '',
}
