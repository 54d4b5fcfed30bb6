import type { PortMapping } from '../../contract/index.ts'
import type { PortMapping as PortRun } from '../../lib/host/port-reservation.ts'

/** Published ports as the adapters take them: each protocol of `tcp,udp` is a run of its own. */
export function toRuns(ports: readonly PortMapping[]): PortRun[] {
  return ports.flatMap(({ protocol, host_ip, host_port, container_port, range }) =>
    (protocol || 'tcp').split(',').map((each) => ({
      protocol: each as PortRun['protocol'],
      hostIp: host_ip ?? '',
      hostPort: host_port ?? container_port,
      containerPort: container_port,
      range: range || 1,
    })),
  )
}
