import { mkdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { writeFileAtomicSync } from '../../../lib/files/atomic-file.ts'

/** Counts are run state: after a restart of the host nothing is mounted. */
const folderOf = ({ runRoot }: { runRoot: string }): string => join(runRoot, 'container-mounts')

/** How many times people have mounted a container's file system; its own runs do not count. */
export function mountCount(context: { runRoot: string }, id: string): number {
  try {
    return Number.parseInt(readFileSync(join(folderOf(context), id), 'utf8'), 10) || 0
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw error
  }
}

/** Under the container's lock. Zero leaves nothing. */
export function setMountCount(context: { runRoot: string }, id: string, count: number): void {
  const folder = folderOf(context)
  if (count > 0) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return writeFileAtomicSync(join(folder, id), `${count}\n`)
  }
  rmSync(join(folder, id), { force: true })
  try {
    rmdirSync(folder)
  } catch {
    // Others are mounted, or none ever was.
  }
}
