import { closeSync, readSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'

import { EngineError } from '../../errors/index.ts'
import { tarPlaces } from '../../lib/tar/index.ts'

/** Bounds on archives of images. */
export const archiveLimits = {
  /** Members: 1,000 images of 128 layers come to less. */
  members: 200_000,
  /** Bytes of manifest.json, index.json, repositories. */
  documentBytes: 4 * 1024 * 1024,
  /** Images in one archive. */
  images: 10_000,
} as const

/** A plain file inside an archive. */
export interface ArchiveMember {
  path: string
  /** Where its content begins in the archive's file. */
  offset: number
  size: number
}

/** Where bytes are in a file. */
export interface ArchivePlace {
  readonly fd: number
  readonly offset: number
  /** Whether that file holds nothing else, and nobody will change it: it can be given a name. */
  readonly whole: boolean
}

/** The bytes of an uncompressed archive. */
export interface ArchiveContent {
  /** Of its file. */
  readonly fd: number
  /** The files of members that have their own, by the position at which the archive's file has a hole for each. */
  readonly parts: ReadonlyMap<number, number>
  /** Called once. */
  close(): void
}

/** An archive that is a file. It closes `fd`. */
export const wholeArchive = (fd: number): ArchiveContent => ({ fd, parts: new Map(), close: () => closeSync(fd) })

/** An uncompressed tar in a file, whose members are found by name and read by offset. The caller closes it. */
export interface ArchiveFile {
  /** Its name in messages. */
  readonly name: string
  /**
   * The file of that name, with links resolved as they would be once unpacked. `undefined` if there is none.
   * @throws ArchiveInvalid when the name is there twice, or leads out of the archive or in circles.
   */
  find(path: string): ArchiveMember | undefined
  /** @throws ArchiveInvalid when it is missing or larger than `maxBytes`. */
  read(path: string, maxBytes: number): Buffer
  /** Where a member's content is. Valid until the archive is closed. */
  place(member: ArchiveMember): ArchivePlace
  /** A member's content from `from` on. */
  stream(member: ArchiveMember, from?: number): AsyncGenerator<Uint8Array, void, undefined>
  /** Idempotent. */
  close(): void
}

type Entry = { kind: 'file'; member: ArchiveMember } | { kind: 'link'; target: string; from: string } | { kind: 'twice' }

const pieceBytes = 512 * 1024
const maxLinks = 16

/**
 * Opens an archive and lists its members. Device nodes and the like are skipped, since nothing refers to them.
 * @param content owned by the archive from now on, also on failure.
 * @param name its name in messages.
 * @throws ArchiveInvalid when it is no tar or damaged
 */
export async function openArchiveFile(content: ArchiveContent, name: string): Promise<ArchiveFile> {
  let open = true
  const close = (): void => {
    if (open) content.close()
    open = false
  }
  try {
    const entries = await listEntries(content.fd)
    const place = ({ offset }: ArchiveMember): ArchivePlace => {
      const own = content.parts.get(offset)
      return own === undefined ? { fd: content.fd, offset, whole: false } : { fd: own, offset: 0, whole: true }
    }
    const find = (wanted: string): ArchiveMember | undefined => resolve(entries, name, wanted)
    return {
      name,
      place,
      find,
      read(wanted, maxBytes) {
        const member = find(wanted)
        if (!member) throw archiveInvalid(name, `it has no ${quote(wanted)}`)
        if (member.size > maxBytes) throw archiveInvalid(name, `its ${quote(wanted)} is larger than ${maxBytes} bytes`)
        const { fd, offset } = place(member)
        const bytes = Buffer.alloc(member.size)
        for (let at = 0; at < bytes.length;) {
          const size = readSync(fd, bytes, at, bytes.length - at, offset + at)
          if (size === 0) throw archiveInvalid(name, 'it was cut while it was read')
          at += size
        }
        return bytes
      },
      stream: (member, from = 0) => streamMember(place(member), name, member.size, from),
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}

/** An unusable archive. `reason` follows "The archive X is not usable: ". */
export function archiveInvalid(name: string, reason: string, cause?: unknown): EngineError {
  return new EngineError('ArchiveInvalid', `The archive ${name} is not usable: ${reason}.`, { details: { archive: name }, cause })
}

/** A member's name for a message. */
export const quote = (text: string): string => JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text)

async function listEntries(fd: number): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>()
  for await (const { header, offset } of tarPlaces(fd, archiveLimits.members)) {
    const path = normalize(header.path)
    if (path === undefined || (header.type !== 'file' && header.type !== 'symlink' && header.type !== 'hardlink')) continue
    if (entries.has(path)) entries.set(path, { kind: 'twice' })
    else if (header.type === 'file') entries.set(path, { kind: 'file', member: { path, offset, size: header.size } })
    else {
      // A hard link names a member, a symbolic one is relative to its own folder.
      const folder = header.type === 'hardlink' ? '' : path.slice(0, path.lastIndexOf('/') + 1)
      entries.set(path, { kind: 'link', target: header.linkTarget!, from: folder })
    }
  }
  return entries
}

function resolve(entries: Map<string, Entry>, archive: string, wanted: string): ArchiveMember | undefined {
  let path = normalize(wanted)
  if (path === undefined) throw archiveInvalid(archive, `the name ${quote(wanted)} in it leads out of it`)
  for (let links = 0; links <= maxLinks; links++) {
    const entry: Entry | undefined = entries.get(path)
    if (!entry) return undefined
    if (entry.kind === 'file') return entry.member
    if (entry.kind === 'twice') throw archiveInvalid(archive, `it holds ${quote(path)} more than once`)
    const next = entry.target.startsWith('/') ? undefined : normalize(entry.from + entry.target)
    if (next === undefined) throw archiveInvalid(archive, `its link ${quote(path)} leads out of it, to ${quote(entry.target)}`)
    path = next
  }
  throw archiveInvalid(archive, `its link ${quote(wanted)} leads in circles`)
}

/** A path without `.`, `..` and empty parts; `undefined` if it leads out of the archive or is empty. */
function normalize(path: string): string | undefined {
  if (path.startsWith('/')) return undefined
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts.length > 0 ? parts.join('/') : undefined
}

async function* streamMember(
  { fd, offset }: ArchivePlace,
  archive: string,
  size: number,
  from: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = from, turn = 1; at < size; turn++) {
    if (turn % 8 === 0) await setImmediate()
    const piece = Buffer.allocUnsafe(Math.min(pieceBytes, size - at))
    const got = readSync(fd, piece, 0, piece.length, offset + at)
    if (got === 0) throw archiveInvalid(archive, 'it was cut while it was read')
    at += got
    yield piece.subarray(0, got)
  }
}
