import { hostname } from 'node:os'

import type { ContainerSpec, PerNetworkOptions } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import type { ContainerConfig, ContainerNamespaces, PodRecord } from '../../../store/index.ts'
import { cgroupPlacement } from '../../config/cgroup-placement.ts'
import type { ContainersConf } from '../../config/containers-conf.ts'
import type { Context } from '../../context.ts'
import { containerPaths } from '../../paths.ts'
import { defaultCapabilities, resolveCapabilities } from '../spec/capabilities.ts'
import { resolveCommand, resolveEnvironment } from './command.ts'
import type { ImageFacts } from './image.ts'
import { resolveMounts } from './mounts.ts'
import { resolveNamespaces } from './namespaces.ts'
import { resolveExposed, resolvePorts } from './ports.ts'
import { resolveResources } from './resources.ts'
import { resolveLog, resolveRestart, sizeOf } from './settings.ts'
import { signalNumber } from './signal.ts'

const defaultShmSize = 65_536_000
const defaultStopTimeout = 10

export interface Resolution {
  config: ContainerConfig
  /** Sentences about what was asked for and will not be. */
  warnings: string[]
}

/** What a container is made from. */
interface Material {
  context: Context
  id: string
  spec: ContainerSpec
  image: ImageFacts
  pod: PodRecord | undefined
  conf: ContainersConf
  namespaces: ContainerNamespaces
}

/** Everything about a container that can be known before it runs. Changes nothing. */
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
  const namespaces = resolveNamespaces(context, spec, pod, conf)
  const material: Material = { context, id, spec, image, pod, conf, namespaces }
  const exposed = resolveExposed(spec, image.exposed)
  const placement = await cgroupPlacement(context)
  const config: ContainerConfig = {
    spec,
    image: image.image,
    rootfs: image.rootfs,
    ...whatRuns(material),
    ...whatItMay(material),
    ...howItEnds(material),
    namespaces,
    mounts: resolveMounts(context, spec, image.volumes),
    ports: await publishedPorts(spec, namespaces, exposed, isInfra, warnings),
    exposed,
    networks: resolveNetworks(context, spec, namespaces),
    resources: await resolveResources(context, spec, conf),
    shmSize: spec.shm_size ?? sizeOf(conf.containers.shmSize) ?? defaultShmSize,
    log: resolveLog(spec, conf, containerPaths(context, id).log),
    cgroupParent: spec.cgroup_parent ?? pod?.config.cgroupParent ?? '',
    cgroupManager: placement.manager,
    runtime: (await context.runtime({ cgroupManager: placement.manager })).program,
    createCommand: spec.containerCreateCommand ?? [],
    isInfra,
  }
  return { config, warnings }
}

/** The process and what it finds. */
function whatRuns({ id, spec, image, pod, conf, namespaces }: Material) {
  return {
    ...resolveCommand(spec, image),
    env: resolveEnvironment(spec, image, conf),
    workdir: spec.work_dir || image.workdir || '/',
    user: spec.user || image.user,
    hostname: resolveHostname(id, spec, namespaces, pod),
    terminal: spec.terminal ?? false,
    stdin: spec.stdin ?? false,
    labels: { ...image.labels, ...spec.labels },
    init: spec.init ?? conf.containers.init ?? false,
  }
}

function whatItMay({ spec, conf, namespaces }: Material) {
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
    seccomp: spec.seccomp_profile_path || (privileged ? 'unconfined' : (conf.containers.seccompProfile ?? '')),
    rlimits: spec.r_limits ?? confRlimits(conf),
    sysctls: resolveSysctls(spec, conf, namespaces),
    oomScoreAdj: spec.oom_score_adj ?? conf.containers.oomScoreAdj ?? null,
  }
}

function howItEnds({ spec, image, pod, conf }: Material) {
  const stopSignal = signalNumber(spec.stop_signal || image.stopSignal || 'SIGTERM')
  const stopTimeout = spec.stop_timeout ?? conf.engine.stopTimeout ?? defaultStopTimeout
  return {
    stopSignal,
    stopTimeout,
    annotations: annotationsOf(spec, stopSignal, stopTimeout),
    restart: resolveRestart({ ...podRestart(pod, spec), ...spec }),
    autoRemove: spec.remove ?? false,
    removeImage: spec.removeImage ?? false,
  }
}

function podRestart(pod: PodRecord | undefined, spec: ContainerSpec): { restart_policy?: string; restart_tries?: number } {
  if (!pod || spec.restart_policy !== undefined || spec.remove) return {}
  return { restart_policy: pod.config.restart.name, restart_tries: pod.config.restart.maximumRetries }
}

function resolveHostname(id: string, spec: ContainerSpec, { uts, net }: ContainerNamespaces, pod: PodRecord | undefined): string {
  if (uts.mode === 'host') return hostname()
  if (uts.mode === 'pod') return pod?.config.hostname || pod?.name || ''
  if (spec.hostname) {
    if (!/^[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?$/.test(spec.hostname))
      throw new EngineError(
        'InvalidArgument',
        `${JSON.stringify(spec.hostname)} is not a host name: use letters, digits and hyphens, 64 at most.`,
      )
    return spec.hostname
  }
  return net.mode === 'host' ? hostname() : id.slice(0, 12)
}

function annotationsOf(spec: ContainerSpec, stopSignal: number, stopTimeout: number): Record<string, string> {
  return {
    'io.container.manager': 'libpod',
    'org.opencontainers.image.stopSignal': String(stopSignal),
    'org.systemd.property.KillSignal': String(stopSignal),
    'org.systemd.property.TimeoutStopUSec': `uint64 ${stopTimeout * 1_000_000}`,
    ...(spec.init ? { 'io.podman.annotations.init': 'TRUE' } : {}),
    ...(spec.privileged ? { 'io.podman.annotations.privileged': 'TRUE' } : {}),
    ...spec.annotations,
  }
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
      'published or exposed ports must be defined when the pod is created: network cannot be configured when it is shared with a pod',
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
    warnings.push(`Port mappings have been discarded because "${net.mode}" network namespace mode does not support them`)
  return []
}

const defaultNetwork = 'podman'

function resolveNetworks(context: Context, spec: ContainerSpec, { net }: ContainerNamespaces): Record<string, PerNetworkOptions> {
  if (net.mode !== 'bridge') return {}
  if (context.identity.rootless) {
    throw new EngineError(
      'NotSupported',
      'Bridge networks for ordinary users are not supported yet; use --network pasta (the default), host or none.',
      { details: { mode: 'bridge' } },
    )
  }
  const named = spec.Networks ?? spec.networks ?? Object.fromEntries((spec.cni_networks ?? []).map((name) => [name, {}]))
  const entries = Object.entries(named).map(([name, options]) => [name === 'default' ? defaultNetwork : name, options] as const)
  return entries.length > 0 ? Object.fromEntries(entries) : { [defaultNetwork]: {} }
}

function confRlimits(conf: ContainersConf): ContainerConfig['rlimits'] {
  return (conf.containers.defaultUlimits ?? []).flatMap((text) => {
    const [, type, soft, hard] = /^(\w+)=(-?\d+)(?::(-?\d+))?$/.exec(text) ?? []
    return type === undefined ? [] : [{ type, soft: Number(soft), hard: Number(hard ?? soft) }]
  })
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
  return { ...(spec.privileged ? {} : Object.fromEntries(defaults)), ...spec.sysctl }
}
