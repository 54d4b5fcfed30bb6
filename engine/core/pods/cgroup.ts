import path from 'node:path'

import type { Resources } from '../../contract/index.ts'
import { limitGroup, removeCgroup } from '../../lib/cgroup/index.ts'
import { containersOfPod, podById, type PodRecord } from '../../store/index.ts'
import { cgroupPlacement } from '../config/cgroup-placement.ts'
import { isRunning } from '../containers/lifecycle/transitions.ts'
import type { Context } from '../context.ts'

/** The cgroup below which all of a pod's containers are put: a slice's name with systemd, else a path; empty without cgroups. */
export async function podCgroupParent(context: Context, id: string, asked = ''): Promise<string> {
  const { manager, parent } = await cgroupPlacement(context)
  if (manager === 'disabled') return ''
  if (manager === 'systemd') return `${path.basename(asked || parent, '.slice')}-berth_pod_${id}.slice`
  return path.posix.join(asked || parent, `pod-${id}`)
}

/** What a pod's cgroup is in: a slice or a folder; empty without one. */
export function aboveCgroup({ cgroupParent }: Pick<PodRecord['config'], 'cgroupParent'>): string {
  if (cgroupParent === '') return ''
  return cgroupParent.endsWith('.slice') ? cgroupParent.replace(/-[^-]+$/, '.slice') : path.dirname(cgroupParent)
}

/** Where a pod's cgroup is, as podman shows it: a slice below the one it is in. */
export function shownCgroup(config: Pick<PodRecord['config'], 'cgroupParent'>): string {
  const { cgroupParent } = config
  return cgroupParent.endsWith('.slice') ? `${aboveCgroup(config)}/${cgroupParent}` : cgroupParent
}

/**
 * Makes a pod's cgroup with its limits, before a container is put into it: it is gone after a reboot. Without limits the runtime
 * makes it. Idempotent.
 *
 * @throws EngineError `LimitUnavailable`, `CgroupUnavailable`.
 */
export async function preparePodCgroup(context: Context, podId: string): Promise<void> {
  const config = podById(context.database, podId)?.config
  if (!config || config.cgroupParent === '' || Object.keys(config.resources ?? {}).length === 0) return
  const resources = config.resources as Resources & { pids?: { limit: number } }
  if (!config.cgroupParent.endsWith('.slice')) return limitGroup(context.cgroups, config.cgroupParent, resources)
  // Each member's start comes here; the slice is there as long as one of them is in it.
  const members = containersOfPod(context.database, podId)
  if (members.some((member) => isRunning(member) && member.state.cgroupPath.includes(config.cgroupParent))) return
  const [{ startSlice }, { sliceProperties }] = await Promise.all([
    import('../../adapters/systemd-slice.ts'),
    import('./slice-properties.ts'),
  ])
  await startSlice(config.cgroupParent, sliceProperties(resources), context.identity.rootless)
}

/** Removes a pod's cgroup once its containers are gone. Idempotent. */
export async function removePodCgroup(context: Context, { config: { cgroupParent } }: PodRecord): Promise<void> {
  if (cgroupParent === '') return
  if (!cgroupParent.endsWith('.slice')) return await removeCgroup(context.cgroups, cgroupParent)
  const { stopSlice } = await import('../../adapters/systemd-slice.ts')
  await stopSlice(cgroupParent, context.identity.rootless)
}
