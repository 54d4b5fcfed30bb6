import path from 'node:path'

import type { ContainerSpec, PodSpec } from '../../../contract/index.ts'

/** A member's request with the pod's mounts before its own. What the member mounts at the same place wins. */
export function withPodMounts(spec: ContainerSpec, pod: PodSpec): ContainerSpec {
  const own = new Set(
    [
      ...(spec.mounts ?? []).map(({ destination }) => destination),
      ...(spec.overlay_volumes ?? []).map(({ destination }) => destination),
      ...(spec.volumes ?? []).map(({ Dest }) => Dest),
    ].map((place) => path.normalize(place)),
  )
  const free = (place: string) => !own.has(path.normalize(place))
  const mounts = (pod.mounts ?? []).filter(({ destination }) => free(destination))
  const overlays = (pod.overlay_volumes ?? []).filter(({ destination }) => free(destination))
  const volumes = (pod.volumes ?? []).filter(({ Dest }) => free(Dest))
  if (mounts.length + overlays.length + volumes.length === 0) return spec
  return {
    ...spec,
    mounts: [...mounts, ...(spec.mounts ?? [])],
    overlay_volumes: [...overlays, ...(spec.overlay_volumes ?? [])],
    volumes: [...volumes, ...(spec.volumes ?? [])],
  }
}
