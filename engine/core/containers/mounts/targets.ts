import { closeSync, constants, mkdirSync, openSync } from 'node:fs'
import path from 'node:path'

import { mount as mountAt, mountFlags } from '../../../lib/sys/index.ts'

/** The empty folder or file that is mounted over. */
export function makeTarget(target: string, isFolder: boolean): void {
  if (isFolder) mkdirSync(target, { recursive: true, mode: 0o700 })
  else {
    mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 })
    closeSync(openSync(target, constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW, 0o600))
  }
}

/** The link in /proc leads to the open folder or file, whatever has its name now. */
export function bindDescriptor(fd: number, target: string, options: readonly string[]): void {
  mountAt(`/proc/self/fd/${fd}`, target, null, mountFlags.bind | mountFlags.recursive)
  // As a peer of its source, unmounting it would unmount what is below the source.
  const follows = options.includes('slave') || options.includes('rslave')
  mountAt('', target, null, mountFlags.recursive | (follows ? mountFlags.slave : mountFlags.private))
}
