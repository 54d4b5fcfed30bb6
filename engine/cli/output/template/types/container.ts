import type { GoTypes } from '../typed.ts'

const health =
  'Test []string; StartPeriod time.Duration; StartInterval time.Duration; Interval time.Duration; Timeout time.Duration; Retries int'

/** The types that `container inspect` answers with. */
export const containerTypes: GoTypes = {
  'define.InspectContainerData':
    'ID=Id string; Created time.Time; Path string; Args []string; State *define.InspectContainerState; Image string; ImageDigest string; ImageName string; Rootfs string; Pod string; ResolvConfPath string; HostnamePath string; HostsPath string; StaticDir string; OCIConfigPath string; OCIRuntime string; ConmonPidFile string; PidFile string; Name string; RestartCount int; Driver string; MountLabel string; ProcessLabel string; AppArmorProfile string; EffectiveCaps []string; BoundingCaps []string; ExecIDs []string; GraphDriver *define.DriverData; SizeRw *int; SizeRootFs int; Mounts []define.InspectMount; Dependencies []string; NetworkSettings *define.InspectNetworkSettings; Namespace string; IsInfra bool; IsService bool; KubeExitCodePropagation string; LockNumber=lockNumber int; Config *define.InspectContainerConfig; HostConfig *define.InspectContainerHostConfig; UseImageHosts bool; UseImageHostname bool; @Id ID',
  'define.InspectContainerState':
    'OciVersion string; Status string; Running bool; Paused bool; Restarting bool; OOMKilled bool; Dead bool; Pid int; ConmonPid int; ExitCode int; Error string; StartedAt time.Time; FinishedAt time.Time; Health *define.HealthCheckResults; Checkpointed bool; CgroupPath string; CheckpointedAt time.Time; RestoredAt time.Time; CheckpointLog string; CheckpointPath string; RestoreLog string; Restored bool; StoppedByUser bool; @Healthcheck Health',
  'define.HealthCheckResults': 'Status string; FailingStreak int; Log []define.HealthCheckLog',
  'define.HealthCheckLog': 'Start string; End string; ExitCode int; Output string',
  'define.DriverData': 'Name string; Data map[string]string',
  'define.InspectMount':
    'Type string; Name string; Source string; Destination string; Driver string; Mode string; Options []string; RW bool; Propagation string; SubPath string',
  'define.InspectHostPort': 'HostIP=HostIp string; HostPort string',
  'define.Address': 'Addr string; PrefixLength int',
  'define.InspectBasicNetworkConfig':
    'EndpointID string; Gateway string; IPAddress string; IPPrefixLen int; SecondaryIPAddresses []define.Address; IPv6Gateway string; GlobalIPv6Address string; GlobalIPv6PrefixLen int; SecondaryIPv6Addresses []define.Address; MacAddress string; AdditionalMacAddresses []string',
  'define.InspectNetworkSettings':
    '+InspectBasicNetworkConfig define.InspectBasicNetworkConfig; Bridge string; SandboxID string; HairpinMode bool; LinkLocalIPv6Address string; LinkLocalIPv6PrefixLen int; Ports map[string][]define.InspectHostPort; SandboxKey string; Networks map[string]*define.InspectAdditionalNetwork',
  'define.InspectAdditionalNetwork':
    '+InspectBasicNetworkConfig define.InspectBasicNetworkConfig; NetworkID string; DriverOpts map[string]string; IPAMConfig map[string]string; Links []string; Aliases []string',
  'define.InspectContainerConfig':
    'Hostname string; DomainName=Domainname string; User string; AttachStdin bool; AttachStdout bool; AttachStderr bool; Tty bool; OpenStdin bool; StdinOnce bool; Env []string; Cmd []string; Image string; Volumes map[string]struct {}; WorkingDir string; Entrypoint []string; OnBuild *string; Labels map[string]string; Annotations map[string]string; StopSignal string; StartupHealthCheck *define.StartupHealthCheck; Healthcheck *manifest.Schema2HealthConfig; HealthcheckOnFailureAction string; HealthLogDestination string; HealthMaxLogCount=HealthcheckMaxLogCount int; HealthMaxLogSize=HealthcheckMaxLogSize int; CreateCommand []string; Timezone string; SystemdMode bool; Umask string; Secrets []*define.InspectSecret; Timeout int; StopTimeout int; Passwd *bool; ChrootDirs []string; SdNotifyMode=sdNotifyMode string; SdNotifySocket=sdNotifySocket string; ExposedPorts map[string]struct {}; V4PodmanCompatMarshal bool',
  'manifest.Schema2HealthConfig': health,
  'define.StartupHealthCheck': '+Schema2HealthConfig manifest.Schema2HealthConfig; Successes int',
  'define.InspectSecret': 'Name string; ID string; UID int; GID int; Mode int',
  'define.InspectContainerHostConfig':
    'Binds []string; CgroupManager string; CgroupMode string; ContainerIDFile string; LogConfig *define.InspectLogConfig; NetworkMode string; PortBindings map[string][]define.InspectHostPort; RestartPolicy *define.InspectRestartPolicy; AutoRemove bool; AutoRemoveImage bool; Annotations map[string]string; VolumeDriver string; VolumesFrom []string; CapAdd []string; CapDrop []string; Dns []string; DnsOptions []string; DnsSearch []string; ExtraHosts []string; HostsFile string; GroupAdd []string; IpcMode string; Cgroup string; Cgroups string; Links []string; OomScoreAdj int; PidMode string; Privileged bool; PublishAllPorts bool; ReadonlyRootfs bool; SecurityOpt []string; Tmpfs map[string]string; UTSMode string; UsernsMode string; IDMappings *define.InspectIDMappings; ShmSize int; Runtime string; ConsoleSize []int; Isolation string; CpuShares int; Memory int; NanoCpus int; CgroupParent string; BlkioWeight int; BlkioWeightDevice []define.InspectBlkioWeightDevice; BlkioDeviceReadBps []define.InspectBlkioThrottleDevice; BlkioDeviceWriteBps []define.InspectBlkioThrottleDevice; BlkioDeviceReadIOps []define.InspectBlkioThrottleDevice; BlkioDeviceWriteIOps []define.InspectBlkioThrottleDevice; CpuPeriod int; CpuQuota int; CpuRealtimePeriod int; CpuRealtimeRuntime int; CpusetCpus string; CpusetMems string; Devices []define.InspectDevice; DiskQuota int; KernelMemory int; MemoryReservation int; MemorySwap int; MemorySwappiness int; OomKillDisable bool; Init bool; PidsLimit int; Ulimits []define.InspectUlimit; CpuCount int; CpuPercent int; IOMaximumIOps int; IOMaximumBandwidth int; CgroupConf map[string]string; IntelRdtClosID string',
  'define.InspectLogConfig': 'Type string; Config map[string]string; Path string; Tag string; Size string',
  'define.InspectRestartPolicy': 'Name string; MaximumRetryCount int',
  'define.InspectIDMappings': 'UIDMap=UidMap []string; GIDMap=GidMap []string',
  'define.InspectBlkioWeightDevice': 'Path string; Weight int',
  'define.InspectBlkioThrottleDevice': 'Path string; Rate int',
  'define.InspectDevice': 'PathOnHost string; PathInContainer string; CgroupPermissions string',
  'define.InspectUlimit': 'Name string; Soft int; Hard int',
}
