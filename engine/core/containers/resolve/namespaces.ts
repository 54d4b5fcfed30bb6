import { existsSync } from 'node:fs'

import type { ContainerSpec, Namespace } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import {
  containerById,
  type ContainerNamespaces,
  findContainer,
  type NamespaceChoice,
  type PodRecord,
} from '../../../store/index.ts'
import type { ContainersConf } from '../../config/containers-conf.ts'
import type { Context } from '../../context.ts'

/**
 * Where each namespace comes from: the request, the pod, or the defaults (podman's).
 *
 * @throws EngineError `ContainerNotFound`, `InvalidArgument`, `NotSupported`.
 */
export function resolveNamespaces(
  context: Context,
  spec: ContainerSpec,
  pod: PodRecord | undefined,
  conf: ContainersConf,
  user: NamespaceChoice,
  warnings: string[] = [],
): ContainerNamespaces {
  const infra = pod?.config.infraId ?? ''
  const holder = infra === '' ? undefined : containerById(context.database, infra)
  const fromPod = (kind: 'net' | 'ipc' | 'uts' | 'pid' | 'cgroup'): NamespaceChoice | undefined => {
    if (infra === '' || !pod?.config.shared.includes(kind)) return undefined
    // An ordinary user may not join the host's, in which they are.
    return holder?.config.namespaces[kind].mode === 'host' ? { mode: 'host' } : { mode: 'pod', value: infra }
  }
  const choose = (kind: 'ipc' | 'uts' | 'pid' | 'cgroup', requested: Namespace | undefined, otherwise: NamespaceChoice) =>
    chosen(context, kind, requested, fromPod(kind)) ?? fromPod(kind) ?? otherwise
  return {
    net: networkNamespace(context, spec, fromPod('net'), conf, warnings),
    pid: choose('pid', spec.pidns, { mode: 'private' }),
    ipc: choose('ipc', spec.ipcns, { mode: 'shareable' }),
    uts: choose('uts', spec.utsns, { mode: 'private' }),
    cgroup: choose('cgroup', spec.cgroupns, { mode: context.cgroups.mode === 'v2' && !spec.privileged ? 'private' : 'host' }),
    user,
  }
}

function chosen(
  context: Context,
  kind: string,
  requested: Namespace | undefined,
  pod: NamespaceChoice | undefined,
): NamespaceChoice | undefined {
  const { nsmode = '', value = '' } = requested ?? {}
  switch (nsmode) {
    case '':
    case 'default':
      return undefined
    case 'host':
    case 'private':
      return { mode: nsmode }
    case 'none':
    case 'shareable':
      if (kind !== 'ipc' && !(kind === 'net' && nsmode === 'none')) throw unknownMode(kind, nsmode)
      return { mode: nsmode }
    case 'container':
      return { mode: 'container', value: otherContainer(context, kind, value) }
    case 'ns':
    case 'path':
      return { mode: 'path', value: existingPath(kind, value) }
    case 'pod':
      return pod ?? { mode: 'private' }
    default:
      throw unknownMode(kind, nsmode)
  }
}

function unknownMode(kind: string, mode: string): EngineError {
  return new EngineError('InvalidArgument', `The ${kind} namespace cannot be ${JSON.stringify(mode)}.`, {
    details: { namespace: kind, mode },
  })
}

function networkNamespace(
  context: Context,
  spec: ContainerSpec,
  pod: NamespaceChoice | undefined,
  conf: ContainersConf,
  warnings: string[],
): NamespaceChoice {
  const usual: NamespaceChoice = { mode: context.identity.rootless ? rootlessDefault(conf, warnings) : 'bridge' }
  const { nsmode = '', value = '' } = spec.netns ?? {}
  switch (nsmode) {
    case '':
    case 'default': {
      if (pod) return pod
      const configured = conf.containers.netns ?? ''
      const networks = [...Object.keys(spec.Networks ?? spec.networks ?? {}), ...(spec.cni_networks ?? [])]
      if (networks.length > 0) {
        requireBridge(configured || usual.mode, networks)
        return { mode: 'bridge' }
      }
      return configured === 'host' || configured === 'none' || configured === 'bridge' || configured === 'pasta'
        ? { mode: configured }
        : usual
    }
    case 'private':
      return usual
    case 'bridge':
      return { mode: 'bridge' }
    case 'pasta':
      return { mode: 'pasta', value: value || (spec.network_options?.pasta ?? []).join(',') }
    case 'slirp4netns':
      return slirp(value, warnings)
    case 'pod':
      return pod ?? usual
    default:
      return chosen(context, 'net', spec.netns, pod) ?? usual
  }
}

/** Addresses need a network, which an ordinary user's containers have none of by themselves. @throws EngineError `InvalidArgument`, with podman's message */
function requireBridge(usual: string, networks: readonly string[]): void {
  if (usual !== 'pasta' || networks.some((name) => name !== 'default')) return
  throw new EngineError(
    'InvalidArgument',
    'invalid config provided: networks and static ip/mac address can only be used with Bridge mode networking',
    { details: { field: 'netns' } },
  )
}

/** What connects an ordinary user's container that asks for nothing. @throws EngineError `NotSupported` */
function rootlessDefault({ network: { defaultRootlessNetworkCmd: program } }: ContainersConf, warnings: string[]): 'pasta' {
  if (program === 'slirp4netns')
    warnings.push('The default_rootless_network_cmd slirp4netns is replaced by pasta, which connects containers in its place.')
  else if (program && program !== 'pasta')
    throw new EngineError(
      'NotSupported',
      `The default_rootless_network_cmd ${JSON.stringify(program)} of containers.conf is not one of Berth's: use pasta.`,
      { details: { key: 'default_rootless_network_cmd' } },
    )
  return 'pasta'
}

/** pasta replaces slirp4netns. Its options are its own. */
function slirp(options: string, warnings: string[]): NamespaceChoice {
  if (options !== '') {
    const message = `The options ${JSON.stringify(options)} of slirp4netns are refused: pasta connects containers in its place; use --network pasta:OPTIONS.`
    throw new EngineError('NotSupported', message, { details: { field: 'netns' } })
  }
  warnings.push('The network slirp4netns is made by pasta, which connects containers in its place.')
  return { mode: 'pasta', value: '' }
}

function otherContainer(context: Context, kind: string, name: string): string {
  try {
    return findContainer(context.database, name).id
  } catch (error) {
    if (!EngineError.is(error)) throw error
    throw new EngineError(error.code, `looking up container to share ${kind} namespace with: ${error.message}`, {
      details: error.details,
      cause: error,
    })
  }
}

function existingPath(kind: string, file: string): string {
  if (file.startsWith('/') && existsSync(file)) return file
  const called: Record<string, string> = { net: 'network', ipc: 'IPC', pid: 'PID', uts: 'UTS' }
  const reason = file.startsWith('/') ? 'no such file or directory' : 'give its absolute path'
  throw new EngineError(
    'InvalidArgument',
    `cannot find specified ${called[kind] ?? kind} namespace path: faccessat ${file}: ${reason}`,
    { details: { path: file } },
  )
}
