import { shortId } from '../../engine/spec/name.ts'
import { isPrunable, nameOf } from '../engine/container-summary.ts'
import { isDangling, namesOf, ownSize } from '../engine/image-summary.ts'
import type { ContainerSummary, Image, Network, PodSummary, VolumeUsage } from '../engine/live/live-data.ts'
import type { Removal } from '../ui/dialogs/removal-list.tsx'

/** What is on the host, as the engine lists it; containers with their sizes. */
export interface Everything {
  readonly containers: readonly ContainerSummary[]
  readonly pods: readonly PodSummary[]
  readonly images: readonly Image[]
  readonly networks: readonly Network[]
  readonly volumes: readonly VolumeUsage[]
}

/** What is pruned besides what always is. */
export interface PruneChoice {
  /** All images without containers, not only dangling ones. */
  readonly all: boolean
  readonly volumes: boolean
}

export type PruneKind = keyof Everything

const bySize = (a: Removal, b: Removal): number => (b.size ?? 0) - (a.size ?? 0)

/**
 * What a prune removes, by kind, the largest first. What only containers use that go with it goes too. Sizes of images are what they share
 * with no other.
 */
export function pruneRemovals(all: Everything, choice: PruneChoice): Record<PruneKind, readonly Removal[]> {
  const pods = all.pods.filter(({ Status }) => Status === 'Exited')
  const gonePods = new Set(pods.map(({ Id }) => Id))
  const isGone = (each: ContainerSummary) => (each.IsInfra ? gonePods.has(each.Pod) : isPrunable(each))
  const staying = all.containers.filter((each) => !isGone(each))
  const stayingIds = new Set(staying.map(({ Id }) => Id))
  const usedImages = new Set(staying.map(({ ImageID }) => ImageID))
  const usedNetworks = new Set(staying.flatMap(({ Networks }) => Networks ?? []))
  const images = all.images.filter((image) => !image.ReadOnly && !usedImages.has(image.Id) && (choice.all || isDangling(image)))
  const networks = all.networks.filter(
    ({ name, read_only: fixed, default: isDefault }) => !fixed && !isDefault && !usedNetworks.has(name),
  )
  const volumes = choice.volumes ? all.volumes.filter(({ Containers }) => !Containers.some(({ Id }) => stayingIds.has(Id))) : []
  return {
    containers: all.containers
      .filter((each) => isGone(each) && !each.IsInfra)
      .map((each) => ({ key: each.Id, name: nameOf(each), size: each.Size?.rwSize ?? 0 }))
      .toSorted(bySize),
    pods: pods.map(({ Id, Name }) => ({ key: Id, name: Name })),
    images: images.map(imageRemoval).toSorted(bySize),
    networks: networks.map(({ id, name }) => ({ key: id, name })),
    volumes: volumes.map(({ Name, Size }) => ({ key: Name, name: Name, size: Size })).toSorted(bySize),
  }
}

const imageRemoval = (image: Image): Removal => ({
  key: image.Id,
  name: namesOf(image).join(', ') || shortId(image.Id),
  title: namesOf(image).join('\n') || image.Id,
  size: ownSize(image),
})
