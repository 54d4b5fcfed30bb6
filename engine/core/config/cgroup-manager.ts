import { existsSync } from 'node:fs'
import path from 'node:path'

import type { Context } from '../context.ts'

/**
 * Which program creates containers' cgroups: systemd where it is pid 1 on a cgroup2 host and, for an ordinary user, their own
 * systemd answers; else the engine.
 */
export async function chooseCgroupManager(context: Context): Promise<'systemd' | 'cgroupfs'> {
  const asked = context.options.cgroupManager ?? (await context.conf()).engine.cgroupManager
  if (asked === 'cgroupfs') return asked
  const able = context.cgroups.mode === 'v2' && existsSync('/run/systemd/system') && hasBus(context)
  return able ? 'systemd' : 'cgroupfs'
}

function hasBus({ identity }: Context): boolean {
  if (!identity.rootless) return existsSync('/run/dbus/system_bus_socket') || existsSync('/run/systemd/private')
  const runtime = process.env['XDG_RUNTIME_DIR'] ?? `/run/user/${identity.realUid}`
  return existsSync(path.join(runtime, 'bus')) || existsSync(path.join(runtime, 'systemd/private'))
}
