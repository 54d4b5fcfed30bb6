import { formatPort, parsePort, type PublishedPort } from '../../../engine/spec/port.ts'
import { isActive, nameOf } from '../container-summary.ts'
import type { ContainerSummary } from '../live/live-data.ts'
import type { Port } from './port-rows.ts'

/** A host port that a container publishes now. */
export interface UsedPort {
  readonly port: number
  /** The container, or the pod whose port it is. */
  readonly user: string
}

const everywhere = new Set(['', '0.0.0.0', '::'])

/**
 * The first host port of a row that a container which runs publishes already, under an address that a row's own would meet; `undefined`
 * for a free one, one that the host chooses, and a row that is not complete.
 */
export function usedPort(row: Port, containers: readonly ContainerSummary[]): UsedPort | undefined {
  const wanted = read(row)
  if (!wanted?.host_port) return undefined
  for (const container of containers) {
    if (!isActive(container)) continue
    for (const { host_ip = '', host_port = 0, range = 1, protocol = 'tcp' } of container.Ports ?? []) {
      const first = Math.max(host_port, wanted.host_port)
      const meets = first < Math.min(host_port + range, wanted.host_port + (wanted.range ?? 1))
      if (!meets || protocol !== (wanted.protocol ?? 'tcp') || !overlap(host_ip, wanted.host_ip ?? '')) continue
      return { port: first, user: container.IsInfra ? container.PodName || nameOf(container) : nameOf(container) }
    }
  }
  return undefined
}

const overlap = (a: string, b: string): boolean => a === b || everywhere.has(a) || everywhere.has(b)

function read(row: Port): PublishedPort | undefined {
  try {
    return row.host === '' ? undefined : parsePort(formatPort(row))
  } catch {
    return undefined
  }
}
