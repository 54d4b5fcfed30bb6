import { hostname } from 'node:os'

import { hasJournal } from '../../../adapters/journal.ts'
import type { ContainerSpec, Namespace, PerNetworkOptions } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { inContext } from '../../../spec/bad-value.ts'
import { defaultShmSize } from '../../../spec/limit.ts'
import { checkHostname, longestHostname } from '../../../spec/name.ts'
import { signalNumber } from '../../../spec/signal.ts'
import { parseSize } from '../../../spec/size.ts'
import { parseUlimit } from '../../../spec/ulimit.ts'
import type { ContainerConfig, ContainerNamespaces, PodRecord } from '../../../store/index.ts'
import { cgroupPlacement } from '../../config/cgroup-placement.ts'
import type { ContainersConf } from '../../config/containers-conf.ts'
import type { Context } from '../../context.ts'
import { checkNetworkOptions } from '../../networks/check-options.ts'
import { containerPaths } from '../../paths.ts'
import { defaultCapabilities, resolveCapabilities } from '../spec/capabilities.ts'
import { seccompLabel, seccompOfImage } from '../spec/seccomp.ts'
import { mapsIds } from '../user-namespaces/maps-ids.ts'
import type { resolveUserNamespace, UserNamespace } from '../user-namespaces/resolve.ts'
import { checkRequest, checkResolved } from './check-request.ts'
import { resolveCommand, resolveEnvironment } from './command.ts'
import type { ImageFacts } from './image.ts'
import { resolveCgroups } from './cgroups.ts'
import { resolveHealth } from './health.ts'
import type { OtherMounts } from './other-mounts.ts'
import { resolveMounts } from './mounts.ts'
import { resolveNamespaces } from './namespaces.ts'
import { resolveNotify } from './notify.ts'
import { resolveExposed, resolvePorts } from './ports.ts'
import { resolveSecrets } from './secrets.ts'
import { resolveResources } from './resources.ts'
import { type LogHost, resolveLog, resolveRestart } from './settings.ts'
import { isSystemdMode, systemdStopSignal } from './systemd-mode.ts'

const defaultStopTimeout = 10

export interface Resolution {
  config: ContainerConfig
  /** Warnings about requested options that have no effect. */
  warnings: string[]
  /** Ids of its user namespace that are still to be chosen. */
  automatic?: UserNamespace['automatic']
}

/** What a container is made from. */
interface ResolveInput {
  context: Context
  id: string
  spec: ContainerSpec
  image: ImageFacts
  pod: PodRecord | undefined
  conf: ContainersConf
  namespaces: ContainerNamespaces
  userNamespace: UserNamespace
}

/** Resolves a container's configuration before it runs. Changes nothing. */
export async function resolveConfig(
  context: Context,
  id: string,
  spec: ContainerSpec,
  image: ImageFacts,
  pod: PodRecord | undefined,
  isInfra: boolean,
): Promise<Resolution> {
  const conf = await context.conf()
  const warnings: string[] = []
  const userNamespace = asksForIds(spec) || pod ? await userNamespaceOf(context, spec, pod) : ownUserNamespace
  const namespaces = resolveNamespaces(context, spec, pod, conf, userNamespace.choice, warnings)
  const material: ResolveInput = { context, id, spec, image, pod, conf, namespaces, userNamespace }
  const exposed = resolveExposed(spec, image.exposed)
  const cgroupManager = await resolveCgroups(context, spec, (await cgroupPlacement(context)).manager)
  const runtime = await context.runtime({ cgroupManager })
  await checkRequest(context, spec)
  const health = resolveHealth(spec, image.healthcheck)
  const notify = resolveNotify(spec, health, context.service ? undefined : process.env['NOTIFY_SOCKET'])
  const config: ContainerConfig = {
    spec,
    image: image.image,
    rootfs: image.rootfs,
    ...processConfig(material),
    ...securityConfig(material),
    ...endConfig(material),
    namespaces,
    ...(userNamespace.ids ? { idMappings: userNamespace.ids } : {}),
    mounts: resolveMounts(context, spec, image.volumes, warnings, undefined, {
      others: await mountedToo(context, spec),
      ids: userNamespace.ids,
      runtime: runtime.name,
    }),
    ports: await publishedPorts(spec, namespaces, exposed, isInfra, warnings),
    exposed,
    networks: resolveNetworks(context, spec, namespaces, conf.network.defaultNetwork || 'podman'),
    resources: await resolveResources(context, spec, conf, warnings),
    shmSize: spec.shm_size ?? confShmSize(conf) ?? defaultShmSize,
    log: resolveLog(spec, conf, logHost(context, id, conf), warnings),
    cgroupParent: spec.cgroup_parent ?? pod?.config.cgroupParent ?? '',
    cgroupManager,
    runtime: runtime.program,
    ...(health && { health }),
    ...(notify && { notify }),
    createCommand: spec.containerCreateCommand ?? [],
    isInfra,
  }
  warnings.push(...checkResolved(context, config))
  return { config, warnings, ...(userNamespace.automatic ? { automatic: userNamespace.automatic } : {}) }
}

function secretsOf(context: Context, spec: ContainerSpec): Pick<ContainerConfig, 'secrets'> {
  const asked = (spec.secrets ?? []).length > 0 || Object.keys(spec.secret_env ?? {}).length > 0
  return asked ? { secrets: resolveSecrets(context, spec) } : {}
}

/** Most containers are in their engine's. */
const ownUserNamespace: UserNamespace = { choice: { mode: 'host' } }

/** Whether the request says anything of a user namespace. */
const asksForIds = (spec: ContainerSpec): boolean => spec.idmappings !== undefined || mapsIds(spec)

const userNamespaceOf: typeof resolveUserNamespace = async (...given) =>
  (await import('../user-namespaces/resolve.ts')).resolveUserNamespace(...given)

async function mountedToo(context: Context, spec: ContainerSpec): Promise<OtherMounts | undefined> {
  if ([spec.image_volumes, spec.volumes_from, spec.artifact_volumes].every((list) => (list ?? []).length === 0)) return undefined
  return (await import('./other-mounts.ts')).otherMounts(context, spec)
}

function logHost(context: Context, id: string, { containers: { logPath } }: ContainersConf): LogHost {
  const file = logPath ? `${logPath}/${id}/ctr.log` : containerPaths(context, id).log
  return { file, service: context.service, journal: hasJournal() }
}

/** The process and its environment. */
function processConfig({ context, id, spec, image, pod, conf, namespaces, userNamespace: { caller } }: ResolveInput) {
  return {
    ...resolveCommand(spec, image),
    env: resolveEnvironment(spec, image, conf),
    workdir: spec.work_dir || image.workdir || '/',
    // Whom files of the caller's belong to.
    user: spec.user || (caller ? `${caller.uid}:${caller.gid}` : image.user),
    hostname: resolveHostname(id, spec, namespaces, pod),
    terminal: spec.terminal ?? false,
    stdin: spec.stdin ?? false,
    labels: { ...image.labels, ...spec.labels },
    init: spec.init ?? conf.containers.init ?? false,
    ...secretsOf(context, spec),
  }
}

function securityConfig({ spec, image, conf, namespaces }: ResolveInput) {
  const privileged = spec.privileged ?? false
  return {
    privileged,
    readOnly: spec.read_only_filesystem ?? conf.containers.readOnly ?? false,
    noNewPrivileges: spec.no_new_privileges ?? false,
    capabilities: resolveCapabilities(
      conf.containers.defaultCapabilities ?? defaultCapabilities,
      spec.cap_add ?? [],
      spec.cap_drop ?? [],
      privileged,
    ),
    seccomp:
      imageSeccomp(spec, image) ||
      spec.seccomp_profile_path ||
      (privileged ? 'unconfined' : (conf.containers.seccompProfile ?? '')),
    rlimits: spec.r_limits ?? confRlimits(conf),
    sysctls: resolveSysctls(spec, conf, namespaces),
    oomScoreAdj: spec.oom_score_adj ?? conf.containers.oomScoreAdj ?? null,
  }
}

/**
 * `--seccomp-policy image`: the profile that the image brings in a label, if it does.
 *
 * @throws EngineError `InvalidArgument` for an unknown policy, with podman's message.
 */
function imageSeccomp(spec: ContainerSpec, { labels }: ImageFacts): string {
  const policy = spec.seccomp_policy ?? ''
  if (policy === '' || policy === 'default') return ''
  if (policy === 'image') {
    if (labels[seccompLabel]) return seccompOfImage
    throw new EngineError('InvalidArgument', 'no seccomp policy defined by image', { details: { field: 'seccomp_policy' } })
  }
  throw new EngineError(
    'InvalidArgument',
    `invalid seccomp policy ${JSON.stringify(policy)}: valid policies are ["default" "image"]`,
    {
      details: { field: 'seccomp_policy' },
    },
  )
}

function endConfig({ spec, image, pod, conf }: ResolveInput) {
  const { entrypoint, command } = resolveCommand(spec, image)
  const systemd = isSystemdMode(spec, [...entrypoint, ...command])
  const stopSignal = signalNumber(spec.stop_signal || image.stopSignal || (systemd ? systemdStopSignal : 'SIGTERM'))
  const stopTimeout = spec.stop_timeout ?? conf.engine.stopTimeout ?? defaultStopTimeout
  return {
    ...(systemd ? { systemd } : {}),
    stopSignal,
    stopTimeout,
    annotations: annotationsOf(spec, stopSignal, stopTimeout),
    restart: resolveRestart({ ...podRestart(pod, spec), ...spec }),
    autoRemove: spec.remove ?? false,
    removeImage: spec.removeImage ?? false,
  }
}

function podRestart(pod: PodRecord | undefined, spec: ContainerSpec): { restart_policy?: string; restart_tries?: number } {
  if (!pod || spec.restart_policy !== undefined || spec.remove || spec.init_container_type) return {}
  return { restart_policy: pod.config.restart.name, restart_tries: pod.config.restart.maximumRetries }
}

function resolveHostname(id: string, spec: ContainerSpec, { uts, net }: ContainerNamespaces, pod: PodRecord | undefined): string {
  if (uts.mode === 'host' && spec.hostname)
    throw new EngineError(
      'InvalidArgument',
      'invalid config provided: cannot set hostname when running in the host UTS namespace: invalid configuration',
      {
        details: { field: 'hostname' },
      },
    )
  if (uts.mode === 'host') return hostname()
  if (uts.mode === 'pod') {
    if (spec.hostname && pod && spec.hostname !== podHostname(pod))
      throw new EngineError(
        'InvalidArgument',
        'invalid config provided: cannot set hostname when joining the pod UTS namespace: invalid configuration',
        { details: { field: 'hostname' } },
      )
    return pod ? podHostname(pod) : ''
  }
  if (spec.hostname) return checkHostname(spec.hostname)
  return net.mode === 'host' ? hostname() : id.slice(0, 12)
}

/** A pod's name need not fit into a host name. */
export function podHostname({ name, config }: Pick<PodRecord, 'name' | 'config'>): string {
  return config.hostname || name.slice(0, longestHostname)
}

function annotationsOf(spec: ContainerSpec, stopSignal: number, stopTimeout: number): Record<string, string> {
  return {
    'io.container.manager': 'libpod',
    'org.opencontainers.image.stopSignal': String(stopSignal),
    'org.systemd.property.KillSignal': String(stopSignal),
    // For systemd 0 is no limit at all.
    ...(stopTimeout === 0 ? {} : { 'org.systemd.property.TimeoutStopUSec': `uint64 ${stopTimeout * 1_000_000}` }),
    ...(spec.init ? { 'io.podman.annotations.init': 'TRUE' } : {}),
    ...(spec.privileged ? { 'io.podman.annotations.privileged': 'TRUE' } : {}),
    ...(spec.remove ? { 'io.podman.annotations.autoremove': 'TRUE' } : {}),
    ...(spec.groups?.includes('keep-groups') ? { 'run.oci.keep_original_groups': '1' } : {}),
    ...(spec.volumes_from && spec.volumes_from.length > 0
      ? { 'io.podman.annotations.volumes-from': spec.volumes_from.join(';') }
      : {}),
    ...(spec.userns?.nsmode ? { 'io.podman.annotations.userns': usernsText(spec.userns) } : {}),
    ...confinementOf(spec),
    ...spec.annotations,
  }
}

function usernsText({ nsmode = '', value = '' }: Namespace): string {
  const mode = nsmode === 'path' ? 'ns' : nsmode
  return value === '' ? mode : `${mode}:${value}`
}

/** What `--security-opt` said, where podman's clients and hooks look for it. */
function confinementOf({ seccomp_profile_path: seccomp, apparmor_profile: apparmor, selinux_opts: labels }: ContainerSpec) {
  const given = { seccomp, apparmor, label: labels?.join(',') }
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value ? [[`io.podman.annotations.${name}`, value]] : [])),
  )
}

async function publishedPorts(
  spec: ContainerSpec,
  { net }: ContainerNamespaces,
  exposed: readonly string[],
  isInfra: boolean,
  warnings: string[],
) {
  const wanted = (spec.portmappings ?? []).length > 0
  if (net.mode === 'pod' && wanted && !isInfra) {
    throw new EngineError(
      'InvalidArgument',
      'invalid config provided: published or exposed ports must be defined when the pod is created: network cannot be configured when it is shared with a pod',
      { details: { field: 'portmappings' } },
    )
  }
  if (net.mode === 'container' && wanted) {
    throw new EngineError(
      'InvalidArgument',
      'cannot set port bindings on an existing container network namespace: invalid configuration',
      { details: { field: 'portmappings' } },
    )
  }
  if (net.mode === 'bridge' || net.mode === 'pasta') return await resolvePorts(spec, exposed)
  if (wanted)
    warnings.push('Port mappings have been discarded as one of the Host, Container, Pod, and None network modes are in use')
  return []
}

function resolveNetworks(
  context: Context,
  spec: ContainerSpec,
  { net }: ContainerNamespaces,
  defaultNetwork: string,
): Record<string, PerNetworkOptions> {
  if (net.mode === 'pasta' && !context.identity.rootless) {
    throw new EngineError(
      'NotSupported',
      'pasta networking is only supported for rootless mode or when inside a nested userns; use --network bridge (the default), host or none.',
      { details: { mode: 'pasta' } },
    )
  }
  if (net.mode !== 'bridge') return {}
  const named: Record<string, PerNetworkOptions> =
    spec.Networks ?? spec.networks ?? Object.fromEntries((spec.cni_networks ?? []).map((name) => [name, {}]))
  for (const options of Object.values(named)) checkNetworkOptions(options)
  const entries = Object.entries(named).map(([name, options]) => [name === 'default' ? defaultNetwork : name, options] as const)
  return entries.length > 0 ? Object.fromEntries(entries) : { [defaultNetwork]: {} }
}

/** @throws EngineError `InvalidArgument` for what is no limit, as podman does. */
function confRlimits(conf: ContainersConf): ContainerConfig['rlimits'] {
  return inContext('containers.conf, default_ulimits', () => (conf.containers.defaultUlimits ?? []).map(parseUlimit))
}

function confShmSize({ containers: { shmSize } }: ContainersConf): number | undefined {
  return shmSize ? inContext('containers.conf, shm_size', () => parseSize(shmSize)) : undefined
}

/** Only those of a namespace of the container's own, as the runtime refuses the others. */
function resolveSysctls(spec: ContainerSpec, conf: ContainersConf, { net, ipc }: ContainerNamespaces): Record<string, string> {
  const ownNet = net.mode === 'bridge' || net.mode === 'pasta' || net.mode === 'none'
  const ownIpc = ipc.mode === 'private' || ipc.mode === 'shareable'
  const defaults = (conf.containers.defaultSysctls ?? ['net.ipv4.ping_group_range=0 0']).flatMap((text) => {
    const at = text.indexOf('=')
    const name = text.slice(0, at)
    if (at < 1 || (name.startsWith('net.') && !ownNet) || (/^(fs\.mqueue\.|kernel\.(msg|sem|shm))/.test(name) && !ownIpc))
      return []
    return [[name, text.slice(at + 1)] as const]
  })
  return { ...Object.fromEntries(defaults), ...spec.sysctl }
}
