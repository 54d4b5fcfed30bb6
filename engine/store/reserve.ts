import { rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs'

/**
 * Space that is kept for the day the disk is full: opening the database and removing a row take some, and without it nothing could
 * be removed any more. 1 MiB, or what there is room for.
 */
const sizes = [1024 * 1024, 256 * 1024]

const reserveOf = (file: string): string => `${file}-reserve`

/** Puts the space aside, unless it is. Where there is no room, it is tried again the next time. */
export function keepReserve(file: string): void {
  const reserve = reserveOf(file)
  try {
    if (statSync(reserve, { throwIfNoEntry: false })) return
  } catch {
    return
  }
  for (const size of sizes) {
    try {
      // Not sparse: it has to take the space that it keeps.
      writeFileSync(reserve, Buffer.alloc(size, 'berth keeps this space for a full disk\n'), { mode: 0o600 })
      return
    } catch {
      rmSync(reserve, { force: true })
    }
  }
}

/** Gives the space back. @returns false when there was none. */
export function releaseReserve(file: string): boolean {
  try {
    unlinkSync(reserveOf(file))
    return true
  } catch {
    return false
  }
}
