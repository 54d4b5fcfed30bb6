import { existsSync } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../errors/index.ts'
import { isDelegated } from '../../lib/cgroup/index.ts'
import type { Context } from '../context.ts'

/** Where containers' cgroups go. */
export interface CgroupPlacement {
  /** `disabled`: no cgroup was delegated to this user, so containers stay in ours, without limits. */
  manager: 'systemd' | 'cgroupfs' | 'disabled'
  /** With cgroupfs the group that holds all containers; with systemd the slice. */
  parent: string
}

/** Which program creates containers' cgroups, and below which. */
export async function cgroupPlacement(context: Context): Promise<CgroupPlacement> {
  const { rootless, realUid } = context.identity
  if ((await context.cgroupManager()) === 'systemd')
    return { manager: 'systemd', parent: rootless ? 'user.slice' : 'machine.slice' }
  if (!rootless) return { manager: 'cgroupfs', parent: '/berth/system' }
  const own = `/berth/user-${realUid}`
  return isDelegated(context.cgroups, own) ? { manager: 'cgroupfs', parent: own } : { manager: 'disabled', parent: '' }
}

/** `linux.cgroupsPath` of a container; `undefined` without cgroups. */
export function containerCgroupsPath({ manager, parent }: CgroupPlacement, id: string, ownParent = ''): string | undefined {
  if (manager === 'disabled') return undefined
  if (manager === 'systemd') return `${ownParent || parent}:berth:${id}`
  return path.posix.join(ownParent || parent, `berth-${id}`)
}

/** What a limit needs: the version 1 controller's folder, or the version 2 controller's name. Null: that version does not have it. */
const needs = {
  memory: ['memory', 'memory'],
  cpu: ['cpu', 'cpu'],
  cpuRealtime: ['cpu', null],
  pids: ['pids', 'pids'],
  cpuset: ['cpuset', 'cpuset'],
  blockIO: ['blkio', 'io'],
  hugetlb: ['hugetlb', 'hugetlb'],
  rdma: ['rdma', 'rdma'],
  /** Any file: the kernel says which there are. */
  unified: [null, ''],
} as const satisfies Record<string, readonly [string | null, string | null]>
export type LimitKind = keyof typeof needs

/** Whether this limit is available here. */
export async function canLimit(context: Context, kind: LimitKind): Promise<boolean> {
  const { manager, parent } = await cgroupPlacement(context)
  if (manager === 'disabled') return false
  const { mode, root } = context.cgroups
  const [folder, controller] = needs[kind]
  if (mode !== 'v2')
    return (
      folder !== null && existsSync(path.join(root, folder, manager === 'cgroupfs' && context.identity.rootless ? parent : ''))
    )
  return controller === '' || (controller !== null && (await controllersFor(context, manager)).includes(controller))
}

async function controllersFor({ cgroups, identity }: Context, manager: 'systemd' | 'cgroupfs'): Promise<string[]> {
  if (!identity.rootless) return cgroups.unifiedControllers
  const { realUid } = identity
  const group = manager === 'systemd' ? `user.slice/user-${realUid}.slice/user@${realUid}.service` : `berth/user-${realUid}`
  const { readBounded } = await import('../../lib/files/atomic-file.ts')
  return ((await readBounded(path.join(cgroups.root, group, 'cgroup.controllers'), 4096)) ?? '').split(/\s+/).filter(Boolean)
}

/** @throws EngineError `LimitUnavailable`, with the way out. */
export async function requireLimit(context: Context, kind: LimitKind, asked: string): Promise<void> {
  if (await canLimit(context, kind)) return
  const { userName } = context.identity
  const missing = needs[kind][context.cgroups.mode === 'v2' ? 1 : 0]
  if (missing === null)
    throw new EngineError(
      'LimitUnavailable',
      `The ${asked} cannot be set: control groups of version ${context.cgroups.mode === 'v2' ? 2 : 1} do not have it; leave it out.`,
      { details: { limit: kind, user: userName } },
    )
  const way =
    context.cgroups.mode === 'v2'
      ? `an administrator has to delegate the ${missing} controller to user@.service (Delegate=${missing})`
      : 'log in once through the Berth console, which gives every user a control group, or ask an administrator for one'
  throw new EngineError(
    'LimitUnavailable',
    `The ${asked} cannot be set, since ${userName} has no control group with the ${missing} controller: ${way}, or leave the limit out.`,
    {
      details: { limit: kind, user: userName },
    },
  )
}
