import type { ContainerSpec, Namespace } from '../../../../contract/index.ts'
import type { DockerHostConfig } from '../../../../contract/docker/containers.ts'
import { EngineError } from '../../../../errors/index.ts'
import { parseSize } from '../../../../spec/size.ts'
import { ulimitName } from '../../../../spec/ulimit.ts'
import { given } from '../given.ts'

/** Life, privileges, namespaces and log. @throws EngineError `InvalidArgument` */
export function hostFields(host: DockerHostConfig): ContainerSpec {
  const { RestartPolicy: policy, Ulimits, ShmSize, OomScoreAdj } = host
  const devices = [...(host.Devices ?? []).map(devicePath), ...(host.DeviceRequests ?? []).flatMap(requestedDevices)]
  return {
    ...given({
      remove: host.AutoRemove,
      privileged: host.Privileged,
      read_only_filesystem: host.ReadonlyRootfs,
      init: host.Init,
      cap_add: host.CapAdd,
      cap_drop: host.CapDrop,
      groups: host.GroupAdd,
      sysctl: host.Sysctls,
      annotations: host.Annotations,
    }),
    ...(policy?.Name ? { restart_policy: policy.Name, ...given({ restart_tries: policy.MaximumRetryCount || undefined }) } : {}),
    ...(host.CgroupParent ? { cgroup_parent: host.CgroupParent } : {}),
    ...(ShmSize ? { shm_size: ShmSize } : {}),
    ...(OomScoreAdj ? { oom_score_adj: OomScoreAdj } : {}),
    ...(devices.length > 0 ? { devices: devices.map((path) => ({ path })) } : {}),
    ...(Ulimits?.length
      ? { r_limits: Ulimits.map(({ Name, Hard, Soft }) => ({ type: `RLIMIT_${ulimitName(Name)}`, hard: Hard, soft: Soft })) }
      : {}),
    ...securityFields(host.SecurityOpt ?? []),
    ...namespaceFields(host),
    ...logFields(host.LogConfig),
  }
}

function devicePath({
  PathOnHost,
  PathInContainer,
  CgroupPermissions,
}: NonNullable<DockerHostConfig['Devices']>[number]): string {
  return [PathOnHost, PathInContainer || PathOnHost, ...(CgroupPermissions ? [CgroupPermissions] : [])].join(':')
}

type DeviceRequest = NonNullable<DockerHostConfig['DeviceRequests']>[number]

/** The names of CDI for what `docker run --gpus` and `--device VENDOR/CLASS=NAME` ask for. */
function requestedDevices({ Driver, Count, DeviceIDs, Capabilities }: DeviceRequest): string[] {
  const ids = DeviceIDs ?? []
  if (Driver === 'cdi') return [...ids]
  const isGpu = Driver === 'nvidia' || (!Driver && (Capabilities ?? []).some((all) => all.includes('gpu')))
  if (!isGpu)
    throw refusal(
      'DeviceRequests',
      `The device driver ${JSON.stringify(Driver ?? '')} is refused: there are nvidia, for GPUs, and cdi.`,
    )
  const numbers = Array.from({ length: Math.min(Math.max(Count ?? 0, 0), 1024) }, (_, index) => String(index))
  const wanted = ids.length > 0 ? ids : Count === -1 ? ['all'] : numbers
  return wanted.map((each) => `nvidia.com/gpu=${each}`)
}

/** Docker's options of `--security-opt`. */
function securityFields(options: readonly string[]): ContainerSpec {
  const spec: ContainerSpec = {}
  for (const option of options) {
    const [, key, value = 'true'] = /^([\w-]+)(?:[=:](.*))?$/s.exec(option) ?? []
    if (key === 'no-new-privileges') spec.no_new_privileges = value === 'true'
    else if (key === 'seccomp' && value.trimStart().startsWith('{'))
      throw refusal(
        'SecurityOpt',
        'A seccomp profile is refused where it comes in the request: name a file of the engine’s host, or unconfined.',
      )
    else if (key === 'seccomp') spec.seccomp_profile_path = value === 'builtin' ? '' : value
    else if (key === 'apparmor') spec.apparmor_profile = value
    else if (key === 'label') spec.selinux_opts = [...(spec.selinux_opts ?? []), value]
    else throw refusal('SecurityOpt', `invalid security-opt ${JSON.stringify(option)}`)
  }
  return spec
}

function namespaceFields({ PidMode, IpcMode, UTSMode, UsernsMode, CgroupnsMode }: DockerHostConfig): ContainerSpec {
  return given({
    pidns: namespaceOf(PidMode),
    ipcns: namespaceOf(IpcMode),
    utsns: namespaceOf(UTSMode),
    userns: namespaceOf(UsernsMode),
    cgroupns: namespaceOf(CgroupnsMode),
  })
}

function namespaceOf(text: string | null | undefined): Namespace | undefined {
  if (!text) return undefined
  const colon = text.indexOf(':')
  const [mode, value] = colon < 0 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)]
  return { nsmode: mode as 'host', ...(value === undefined ? {} : { value }) }
}

/** Docker's own way to keep a log, `local`, is for its own eyes. */
function logFields(log: DockerHostConfig['LogConfig']): ContainerSpec {
  if (!log?.Type) return {}
  const { 'max-size': size, 'max-file': files, ...options } = log.Config ?? {}
  if (files !== undefined && files !== '1')
    throw refusal('LogConfig', 'max-file is refused: a log is one file here, whose beginning goes when it has reached max-size.')
  return {
    log_configuration: {
      driver: log.Type === 'local' ? 'k8s-file' : log.Type,
      ...(size === undefined ? {} : { size: parseSize(size, 1000) }),
      ...(Object.keys(options).length > 0 ? { options } : {}),
    },
  }
}

function refusal(field: string, message: string): EngineError {
  return new EngineError('InvalidArgument', message, { details: { field: `HostConfig.${field}` } })
}
