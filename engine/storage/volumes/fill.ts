import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, renameSync, statSync, utimesSync } from 'node:fs'
import path from 'node:path'
import { removeTree } from '../../lib/files/remove-tree.ts'
import { projectOf, setProject } from '../../lib/sys/index.ts'

/** Where all files wait to be moved: beside the volume's files. */
const copiedOf = (data: string): string => path.join(data, '../.copied')

/** Where earlier versions wrote. */
const copyingOf = (data: string): string => path.join(data, '../.copying')

/** Whether a process was killed while it moved files, or, in an earlier version, wrote them. */
export function isInterrupted(data: string): boolean {
  return existsSync(copiedOf(data)) || existsSync(copyingOf(data))
}

/**
 * Writes elsewhere and then moves: a container that already has the volume could put a link where a file is being written, and it
 * would be followed. If the process is killed at any point, the next call completes the work.
 *
 * @param staging does not exist yet and belongs to this process: a program that survives a killed process never writes into another
 *   one's.
 */
export async function fill(data: string, staging: string, write: (folder: string) => Promise<void>): Promise<void> {
  if (await completeFill(data)) return
  if (readdirSync(data).length > 0) return
  try {
    mkdirSync(staging, { mode: 0o700 })
    // Files move only within a project, and what is written counts.
    const project = projectOf(data)
    if (project !== 0) setProject(staging, project)
    await write(staging)
    renameSync(staging, copiedOf(data))
  } catch (error) {
    await removeTree(staging)
    throw error
  }
  await moveAll(data)
}

/** Continues the moves, or drops an incomplete copy. @returns whether the volume is filled now. */
export async function completeFill(data: string): Promise<boolean> {
  await removeTree(copyingOf(data))
  if (!existsSync(copiedOf(data))) return false
  await moveAll(data)
  return true
}

async function moveAll(data: string): Promise<void> {
  const copied = copiedOf(data)
  const { uid, gid, mode, atime, mtime } = statSync(copied)
  for (const name of readdirSync(copied, { encoding: 'buffer' })) moveInto(copied, data, name)
  chownSync(data, uid, gid)
  chmodSync(data, mode & 0o7777)
  utimesSync(data, atime, mtime)
  await removeTree(copied)
}

function moveInto(from: string, to: string, name: Buffer): void {
  const inFolder = (folder: string) => Buffer.concat([Buffer.from(`${folder}/`), name])
  try {
    renameSync(inFolder(from), inFolder(to))
  } catch (error) {
    // Another container has made its own meanwhile.
    if (!['ENOTEMPTY', 'EEXIST', 'EISDIR', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}
