/** What an archive member is. Contiguous files (type 7) read as `file`. */
export type TarEntryType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'character' | 'block' | 'fifo'

/** An archive member without its content. */
export interface TarHeader {
  /**
   * As stored, with slashes; a directory's trailing slash is taken off. May be absolute or hold `..`: the extractor must contain
   * it.
   */
  path: string
  /** The stored bytes of {@link TarHeader.path} where they are not valid UTF-8. */
  rawPath?: Uint8Array
  type: TarEntryType
  /** Permission bits with setuid, setgid and sticky (0o7777). */
  mode: number
  uid: number
  gid: number
  userName?: string
  groupName?: string
  /** Bytes of content that follow. */
  size: number
  /** Nanoseconds since 1970, in UTC. */
  mtime: bigint
  atime?: bigint
  ctime?: bigint
  /** Target of a symbolic link, or the member a hard link names. */
  linkTarget?: string
  rawLinkTarget?: Uint8Array
  deviceMajor?: number
  deviceMinor?: number
  /** Extended attributes by full name (`user.x`, `security.capability`). */
  xattrs?: Map<string, Uint8Array>
}

/** The longest member name and link target, in bytes (PATH_MAX). */
export const maxPathBytes = 4096
/** The longest component of a member name, in bytes (NAME_MAX). */
export const maxNameBytes = 255
/** All extended headers before a member together (pax records, GNU long names), in bytes. */
export const maxExtendedBytes = 1024 * 1024
/** An archive's unit: headers are one block, content is padded to blocks. */
export const blockSize = 512
