import path from 'node:path'

import type { ContainerMount } from '../../../store/index.ts'

/**
 * Whether the runtime gets a mount of ours in place of the source: an overlay, a part of a volume, or a tree whose owner changed.
 * The runtime would resolve a path again, which another container could have redirected meanwhile.
 */
export function isPrepared({ type, overlay, subpath, chown }: ContainerMount): boolean {
  return type === 'bind' && (overlay !== undefined || subpath !== undefined || chown === true)
}

/** What the runtime mounts for a container's mount number `index`. */
export function runtimeSource(mounts: string, mount: ContainerMount, index: number): string {
  return isPrepared(mount) ? path.join(mounts, String(index)) : mount.source
}
