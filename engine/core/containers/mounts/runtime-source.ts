import path from 'node:path'

import type { ContainerMount } from '../../../store/index.ts'

/**
 * Whether the runtime gets a mount of ours in place of the source: an overlay, a part of a volume, an image, a file of an artifact, or a tree
 * whose owner changed or is shown as another's.
 * The runtime would resolve a path again, which another container could have redirected meanwhile.
 */
export function isPrepared({ kind, type, overlay, subpath, chown, idmap }: ContainerMount): boolean {
  if (type !== 'bind') return false
  return (
    kind === 'image' ||
    kind === 'artifact' ||
    overlay !== undefined ||
    subpath !== undefined ||
    idmap !== undefined ||
    chown === true
  )
}

/** What the runtime mounts for a container's mount number `index`. */
export function runtimeSource(mounts: string, mount: ContainerMount, index: number): string {
  return isPrepared(mount) ? path.join(mounts, String(index)) : mount.source
}
