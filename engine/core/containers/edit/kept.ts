import type { PortMapping } from '../../../contract/index.ts'
import type { ContainerConfig, ContainerMount } from '../../../store/index.ts'

/**
 * A configuration with what the container has got already and nobody asked to change: its anonymous volumes, and host ports that
 * were chosen for it.
 */
export function withKept(before: ContainerConfig, after: ContainerConfig): ContainerConfig {
  return { ...after, mounts: keptVolumes(before.mounts, after.mounts), ports: keptPorts(before.ports, after) }
}

function keptVolumes(before: readonly ContainerMount[], after: readonly ContainerMount[]): ContainerMount[] {
  const anonymous = new Map(before.filter(isAnonymous).map((mount) => [mount.destination, mount]))
  return after.map((mount) => {
    const kept = isAnonymous(mount) ? anonymous.get(mount.destination) : undefined
    return kept?.volume === undefined ? mount : { ...mount, volume: kept.volume, source: kept.source }
  })
}

const isAnonymous = ({ kind, anonymous }: ContainerMount): boolean => kind === 'volume' && anonymous === true

/** A port of the host that the request names is that one. */
function keptPorts(before: readonly PortMapping[], { ports, spec }: ContainerConfig): PortMapping[] {
  const isNamed = ({ container_port: port, protocol = 'tcp' }: PortMapping) =>
    (spec.portmappings ?? []).some(
      (each) =>
        (each.host_port ?? 0) > 0 &&
        (each.protocol || 'tcp').split(',').includes(protocol) &&
        port >= each.container_port &&
        port < each.container_port + (each.range || 1),
    )
  return ports.map((port) => {
    const old = before.find(
      (each) =>
        each.container_port === port.container_port &&
        each.protocol === port.protocol &&
        each.range === port.range &&
        each.host_ip === port.host_ip,
    )
    return old?.host_port && !isNamed(port) ? { ...port, host_port: old.host_port } : port
  })
}
