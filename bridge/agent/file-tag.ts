import type { BigIntStats } from 'node:fs'

/** A tag that changes whenever a file is changed or replaced; opaque to pages. */
export function fileTag(stat: BigIntStats): string {
  return `1:${stat.ino}-${stat.mtimeNs}-${stat.mode.toString(8)}-${stat.uid}-${stat.gid}`
}

/** The file type as the protocol names it. */
export function fileType(stat: {
  isFile(): boolean
  isDirectory(): boolean
  isSymbolicLink(): boolean
  isFIFO(): boolean
  isSocket(): boolean
  isBlockDevice(): boolean
  isCharacterDevice(): boolean
}): string {
  if (stat.isFile()) return 'reg'
  if (stat.isDirectory()) return 'dir'
  if (stat.isSymbolicLink()) return 'lnk'
  if (stat.isFIFO()) return 'fifo'
  if (stat.isSocket()) return 'sock'
  if (stat.isBlockDevice()) return 'blk'
  if (stat.isCharacterDevice()) return 'chr'
  return 'unknown'
}
