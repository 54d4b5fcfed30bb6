import type { ContainerSpec, Namespace } from '../../../contract/index.ts'
import type { PodmanDocument } from './document.ts'

/** Which namespaces are the container's own, and whose the others are. In a pod those of its infra container are the new pod's. */
export function namespacesOf(config: PodmanDocument): ContainerSpec {
  const shared = (kind: 'net' | 'ipc' | 'pid' | 'uts' | 'cgroup'): Namespace | undefined => {
    const container = config[`${kind}NsCtr`]
    if (!container) return undefined
    return config.pod ? { nsmode: 'pod' } : { nsmode: 'container', value: container }
  }
  const { idMappingsOptions: ids } = config
  const mapped = Boolean(ids?.UIDMap?.length || ids?.GIDMap?.length || ids?.AutoUserNs || own(config, 'user'))
  return {
    netns: shared('net') ?? networkOf(config),
    ipcns: shared('ipc') ?? own(config, 'ipc', ipcOf(config)) ?? { nsmode: 'host' },
    pidns: shared('pid') ?? own(config, 'pid') ?? { nsmode: 'host' },
    utsns: shared('uts') ?? own(config, 'uts') ?? { nsmode: 'host' },
    // Hosts differ in the default; none of its own is what those with version 1 have.
    cgroupns: shared('cgroup') ?? own(config, 'cgroup'),
    userns: mapped || config.userNsCtr ? { nsmode: 'private' } : undefined,
  }
}

/** The namespace that is made, or given by its path. */
function own({ spec }: PodmanDocument, type: string, nsmode: Namespace['nsmode'] = 'private'): Namespace | undefined {
  const found = spec.linux.namespaces?.find((namespace) => namespace.type === type)
  if (!found) return undefined
  return found.path ? { nsmode: 'path', value: found.path } : { nsmode }
}

function ipcOf({ NoShm, NOShmShare }: PodmanDocument): Namespace['nsmode'] {
  if (NoShm) return 'none'
  return NOShmShare ? 'private' : 'shareable'
}

function networkOf(config: PodmanDocument): Namespace {
  if (!config.createNetNS) return own(config, 'network', 'none') ?? { nsmode: 'host' }
  return { nsmode: config.networkMode === 'pasta' ? 'pasta' : 'bridge' }
}
