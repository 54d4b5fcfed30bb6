import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { withLock } from '../lock.ts'
import type { AuditRecord } from './record.ts'

/** Root's log, into which the service writes for all users. */
export const systemFolder = '/var/log/berth'

/** The files of a log: each is rotated separately, so that one user's records never push out another's. */
export type AuditFile = 'audit' | 'audit-refused' | `audit-user-${number}`

/** How large a file becomes before it is rotated, in bytes, and how many older ones are kept beside it. */
export interface Rotation {
  size: number
  kept: number
}

const mebibyte = 1024 * 1024

/** Limits for root and sessions; for every other user separately: at most 8 MiB of a user, and of refused logins. */
export const rotations = {
  audit: { size: 8 * mebibyte, kept: 7 },
  others: { size: 2 * mebibyte, kept: 3 },
} as const satisfies Record<string, Rotation>

/** A folder with files of the audit log. */
export interface AuditFolder {
  readonly path: string
  /**
   * Adds a record. One write of a whole line: records of several processes never mix.
   *
   * @throws an errno error where it cannot be written.
   */
  append(file: AuditFile, record: AuditRecord): Promise<void>
}

/** How a folder is made. */
export interface AuditFolderOptions {
  /** Readable by the group `adm`, as other logs are. */
  system?: boolean
  rotation?: Rotation
}

/** Permissions of the file of a folder: root's can be read by the administrators' group. */
const modes = { system: { folder: 0o750, file: 0o640 }, own: { folder: 0o700, file: 0o600 } }

/** The log in a folder, which is made with its first record. */
export function openAuditFolder(path: string, options: AuditFolderOptions = {}): AuditFolder {
  const mode = options.system === true ? modes.system : modes.own
  let group: number | undefined
  const owner = (): number | undefined => (options.system === true ? (group ??= groupId('adm')) : undefined)
  return {
    path,
    append: async (file, record) => {
      const name = join(path, `${file}.jsonl`)
      const rotation = options.rotation ?? (file === 'audit' ? rotations.audit : rotations.others)
      const fd = openForAppend(name, path, mode, owner)
      let size: number
      try {
        const line = Buffer.from(`${JSON.stringify(record)}\n`)
        // What a full disk cuts off must not take the next record with it.
        if (writeSync(fd, line) < line.length) writeSync(fd, '\n')
        size = fstatSync(fd).size
      } finally {
        closeSync(fd)
      }
      if (size >= rotation.size) await rotate(name, path, rotation)
    },
  }
}

function openForAppend(name: string, folder: string, mode: typeof modes.own, group: () => number | undefined): number {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK
  try {
    return openPlainFile(name, flags)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const gid = group()
  if (mkdirSync(folder, { recursive: true, mode: mode.folder }) !== undefined) {
    chmodSync(folder, mode.folder)
    if (gid !== undefined) chownSync(folder, 0, gid)
  }
  const fd = openPlainFile(name, flags | constants.O_CREAT, mode.file)
  fchmodSync(fd, mode.file)
  if (gid !== undefined) fchownSync(fd, 0, gid)
  return fd
}

function openPlainFile(name: string, flags: number, mode?: number): number {
  const fd = openSync(name, flags, mode)
  if (fstatSync(fd).isFile()) return fd
  closeSync(fd)
  throw new Error(`${name} is no plain file; move it away`)
}

/**
 * Makes the file the newest of the older ones, if it is still too large: others may have done so meanwhile. Processes that have it
 * open write into it under its new name. The lock's file is nobody else's to read, so that no reader of the log can keep writers
 * waiting.
 */
async function rotate(name: string, folder: string, { size, kept }: Rotation): Promise<void> {
  await withLock(join(folder, '.rotate.lock'), () => {
    if ((statSync(name, { throwIfNoEntry: false })?.size ?? 0) < size) return
    rmSync(`${name}.${kept}`, { force: true })
    for (let number = kept - 1; number >= 0; number -= 1) move(number === 0 ? name : `${name}.${number}`, `${name}.${number + 1}`)
  })
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

function groupId(name: string): number {
  const line = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${name}:`))
  const id = line?.split(':')[2]
  return id !== undefined && /^\d+$/.test(id) ? Number(id) : 0
}
