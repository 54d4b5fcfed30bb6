import { nameOf } from '../engine/container-summary.ts'
import type { ContainerSummary, Network } from '../engine/live/live-data.ts'
import { compareKeys, naturalKey } from '../i18n/natural-key.ts'

/** A network with the containers that are to be in it, running or not. */
export interface NetworkRow {
  readonly network: Network
  readonly containers: readonly ContainerSummary[]
}

/** The containers of every network, by its name. */
export function containersByNetwork(containers: readonly ContainerSummary[]): ReadonlyMap<string, readonly ContainerSummary[]> {
  const found = new Map<string, ContainerSummary[]>()
  for (const container of containers) {
    for (const name of container.Networks ?? []) {
      const others = found.get(name)
      if (others) others.push(container)
      else found.set(name, [container])
    }
  }
  return found
}

/** The rows that a filter shows, by name. */
export function networkRows(networks: readonly Network[], containers: readonly ContainerSummary[], text: string): NetworkRow[] {
  const byNetwork = containersByNetwork(containers)
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return networks
    .map((network): NetworkRow => ({ network, containers: byNetwork.get(network.name) ?? [] }))
    .filter((row) => words.every((word) => searched(row).includes(word)))
    .toSorted((a, b) => compareKeys(naturalKey(a.network.name), naturalKey(b.network.name)))
}

const searched = ({ network, containers }: NetworkRow): string =>
  [
    network.name,
    network.driver,
    ...(network.subnets ?? []).map(({ subnet }) => subnet),
    ...Object.entries(network.labels ?? {}).map(([name, value]) => `${name}=${value}`),
    ...containers.map(nameOf),
  ]
    .join('\n')
    .toLowerCase()
