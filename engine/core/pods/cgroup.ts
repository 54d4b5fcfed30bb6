import path from 'node:path'

import { removeCgroup } from '../../lib/cgroup/index.ts'
import type { PodRecord } from '../../store/index.ts'
import { cgroupPlacement } from '../config/cgroup-placement.ts'
import type { Context } from '../context.ts'

/** The cgroup below which all of a pod's containers are put: a slice's name with systemd, else a path; empty without cgroups. */
export async function podCgroupParent(context: Context, id: string, asked = ''): Promise<string> {
  const { manager, parent } = await cgroupPlacement(context)
  if (manager === 'disabled') return ''
  if (manager === 'systemd') return `${path.basename(asked || parent, '.slice')}-berth_pod_${id}.slice`
  return path.posix.join(asked || parent, `pod-${id}`)
}

/** Removes a pod's cgroup once its containers are gone. Idempotent. */
export async function removePodCgroup(context: Context, { config: { cgroupParent } }: PodRecord): Promise<void> {
  if (cgroupParent === '') return
  if (!cgroupParent.endsWith('.slice')) return await removeCgroup(context.cgroups, cgroupParent)
  const { stopSlice } = await import('../../adapters/systemd-slice.ts')
  await stopSlice(cgroupParent, context.identity.rootless)
}
