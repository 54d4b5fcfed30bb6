import { readFileSync, statfsSync } from 'node:fs'
import type { Put } from './put.ts'

/** Size and use of the file systems on devices, from /proc/mounts, proc(5), and statfs(2). */
export function readMounts(put: Put, text = readFileSync('/proc/mounts', 'utf8')): void {
  const seen = new Set<string>()
  for (const line of text.split('\n')) {
    const [device, folder] = line.split(' ')
    if (device === undefined || folder === undefined || !device.startsWith('/dev/') || seen.has(device)) continue
    seen.add(device)
    const path = folder.replaceAll(/\\([0-7]{3})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
    try {
      const { blocks, bfree, bsize } = statfsSync(path)
      put('mount.total', path, blocks * bsize)
      put('mount.used', path, (blocks - bfree) * bsize)
    } catch {
      // Not reachable for this user.
    }
  }
}
