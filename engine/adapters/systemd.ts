import { existsSync, statSync } from 'node:fs'
import path from 'node:path'

/** Whether systemd is the host's init (sd_booted(3)). */
export function isSystemdHost(root = '/'): boolean {
  return existsSync(path.join(root, 'run/systemd/system'))
}

/**
 * Whether the user's own service manager can be reached: its bus, below the given $XDG_RUNTIME_DIR, is a socket.
 * Without it a rootless container cannot have a cgroup from systemd.
 */
export function hasUserManager(runtimeDir = process.env['XDG_RUNTIME_DIR']): boolean {
  if (!runtimeDir) return false
  return ['bus', 'systemd/private'].every((name) => statSync(path.join(runtimeDir, name), { throwIfNoEntry: false })?.isSocket() ?? false)
}
