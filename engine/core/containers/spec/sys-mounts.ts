import { accessSync, constants, statSync } from 'node:fs'

import { mountPointsBelow } from '../../../lib/host/mount-table.ts'
import type { OciMount } from './oci.ts'

const plain = ['nosuid', 'noexec', 'nodev']

/** What is not the container's to see of a /sys that is the host's own. */
export const hiddenOfHostSys = '/sys/kernel'

/** Of the host's /sys: its cgroups are replaced by the container's, and {@link hiddenOfHostSys} is masked. */
const replaced = ['/sys/fs/cgroup', hiddenOfHostSys]

/**
 * /sys. It shows a network namespace, and only that namespace's owner may mount it: an ordinary user with the host's network gets
 * the host's own, with the file systems below it.
 *
 * A bind mount's `ro` counts for its own root only (mount(2), MS_RDONLY is not recursive), so each file system below is covered by
 * a read-only view of itself. The recursive `rro` would need Linux 5.12, and older runtimes ignore it silently.
 *
 * @param below places of the host's file systems below its /sys.
 */
export function sysMounts(rootless: boolean, hostNetwork: boolean, privileged: boolean, below = hostMounts): OciMount[] {
  const access = privileged ? 'rw' : 'ro'
  if (!rootless || !hostNetwork)
    return [
      { destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...(privileged ? ['rprivate'] : []), ...plain, access] },
    ]
  const places = privileged ? ['/sys'] : ['/sys', ...below()]
  return places.map((place) => ({
    destination: place,
    type: 'bind',
    source: place,
    options: ['rprivate', ...plain, access, 'rbind'],
  }))
}

function hostMounts(): string[] {
  const isReplaced = (place: string) => replaced.some((top) => place === top || place.startsWith(`${top}/`))
  return mountPointsBelow('/sys').filter((place) => !isReplaced(place) && isReachable(place))
}

/** What this user cannot access, the container cannot either; runc then fails to mount anything there. */
function isReachable(place: string): boolean {
  try {
    accessSync(place, statSync(place).isDirectory() ? constants.X_OK : constants.W_OK)
    return true
  } catch {
    return false
  }
}
