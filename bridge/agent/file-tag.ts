import type { BigIntStats } from 'node:fs'

/** A text that changes whenever the file at a path is changed or replaced; pages compare it and read nothing out of it. */
export function fileTag(stat: BigIntStats): string {
  return `1:${stat.ino}-${stat.mtimeNs}-${stat.mode.toString(8)}-${stat.uid}-${stat.gid}`
}

/** The kind of a file, in the words of the wire. */
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
