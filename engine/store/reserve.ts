import { rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs'

/**
 * Disk space that is reserved for a full disk: opening the database and removing a row need some, and without it nothing could be
 * removed any more. 1 MiB, or what is free.
 */
const sizes = [1024 * 1024, 256 * 1024]

const reserveOf = (file: string): string => `${file}-reserve`

/** Reserves the space, unless that is done. On a full disk it is tried again the next time. */
export function ensureReserve(file: string): void {
  const reserve = reserveOf(file)
  try {
    if (statSync(reserve, { throwIfNoEntry: false })) return
  } catch {
    return
  }
  for (const size of sizes) {
    try {
      // Not sparse: it has to occupy the reserved space.
      writeFileSync(reserve, Buffer.alloc(size, 'berth keeps this space for a full disk\n'), { mode: 0o600 })
      return
    } catch {
      rmSync(reserve, { force: true })
    }
  }
}

/** Releases the reserved space. @returns false when there was none. */
export function releaseReserve(file: string): boolean {
  try {
    unlinkSync(reserveOf(file))
    return true
  } catch {
    return false
  }
}
