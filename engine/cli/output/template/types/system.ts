import type { GoTypes } from '../typed.ts'

/** The types that `info` and `version` answer with. */
export const systemTypes: GoTypes = {
  'system.infoReport':
    'Host=host *define.HostInfo; Store=store *define.StoreInfo; Registries=registries map[string]interface {}; Plugins=plugins define.Plugins; Version=version define.Version',
  'define.HostInfo':
    'Arch=arch string; BuildahVersion=buildahVersion string; CgroupManager=cgroupManager string; CgroupsVersion=cgroupVersion string; CgroupControllers=cgroupControllers []string; Conmon=conmon *define.ConmonInfo; CPUs=cpus int; CPUUtilization=cpuUtilization *define.CPUUsage; DatabaseBackend=databaseBackend string; Distribution=distribution define.DistributionInfo; EventLogger=eventLogger string; FreeLocks=freeLocks *int; Hostname=hostname string; IDMappings=idMappings define.IDMappings; Kernel=kernel string; LogDriver=logDriver string; MemFree=memFree int; MemTotal=memTotal int; NetworkBackend=networkBackend string; NetworkBackendInfo=networkBackendInfo types.NetworkInfo; OCIRuntime=ociRuntime *define.OCIRuntimeInfo; OS=os string; RemoteSocket=remoteSocket *define.RemoteSocket; RootlessNetworkCmd=rootlessNetworkCmd string; RuntimeInfo=runtimeInfo map[string]interface {}; ServiceIsRemote=serviceIsRemote bool; Security=security define.SecurityInfo; Slirp4NetNS=slirp4netns define.SlirpInfo; Pasta=pasta define.PastaInfo; SwapFree=swapFree int; SwapTotal=swapTotal int; Uptime=uptime string; Variant=variant string; Linkmode=linkmode string',
  'define.ConmonInfo': 'Package=package string; Path=path string; Version=version string',
  'define.CPUUsage': 'UserPercent=userPercent float64; SystemPercent=systemPercent float64; IdlePercent=idlePercent float64',
  'define.DistributionInfo':
    'Distribution=distribution string; Variant=variant string; Version=version string; Codename=codename string',
  'define.IDMappings': 'GIDMap=gidmap []idtools.IDMap; UIDMap=uidmap []idtools.IDMap',
  'idtools.IDMap': 'ContainerID=container_id int; HostID=host_id int; Size=size int',
  'types.NetworkInfo':
    'Backend=backend string; Version=version string; Package=package string; Path=path string; DNS=dns types.DNSNetworkInfo',
  'types.DNSNetworkInfo': 'Version=version string; Package=package string; Path=path string',
  'define.OCIRuntimeInfo': 'Name=name string; Package=package string; Path=path string; Version=version string',
  'define.RemoteSocket': 'Path=path string; Exists=exists bool',
  'define.SecurityInfo':
    'AppArmorEnabled=apparmorEnabled bool; DefaultCapabilities=capabilities string; Rootless=rootless bool; SECCOMPEnabled=seccompEnabled bool; SECCOMPProfilePath=seccompProfilePath string; SELinuxEnabled=selinuxEnabled bool',
  'define.SlirpInfo': 'Executable=executable string; Package=package string; Version=version string',
  'define.PastaInfo': 'Executable=executable string; Package=package string; Version=version string',
  'define.StoreInfo':
    'ConfigFile=configFile string; ContainerStore=containerStore define.ContainerStore; GraphDriverName=graphDriverName string; GraphOptions=graphOptions map[string]interface {}; GraphRoot=graphRoot string; GraphRootAllocated=graphRootAllocated int; GraphRootUsed=graphRootUsed int; GraphStatus=graphStatus map[string]string; ImageCopyTmpDir=imageCopyTmpDir string; ImageStore=imageStore define.ImageStore; RunRoot=runRoot string; VolumePath=volumePath string; TransientStore=transientStore bool',
  'define.ContainerStore': 'Number=number int; Paused=paused int; Running=running int; Stopped=stopped int',
  'define.ImageStore': 'Number=number int',
  'define.Plugins': 'Volume=volume []string; Network=network []string; Log=log []string; Authorization=authorization []string',
  'define.Version':
    'APIVersion string; Version string; GoVersion string; GitCommit string; BuiltTime string; Built int; BuildOrigin string; OsArch string; Os string',
  'types.SystemVersionReport': 'Client *define.Version; Server *define.Version',
}
