import { closeSync, ftruncateSync } from 'node:fs'

import { type ArchiveContent, diskError } from '../../../image/index.ts'
import { openUnnamed } from '../../../lib/sys/index.ts'
import { createTarParser, type TarParser } from '../../../lib/tar/index.ts'
import type { Context } from '../../context.ts'
import { openSpool, type Place, type Placed, pour, spoolFolder, type SpoolOptions } from './spool.ts'

/** Bytes from which on a member has a file of its own. */
const smallestPart = 1024 * 1024
/** Files that one archive has open: as many as an image may have layers. */
const mostParts = 128

/**
 * Spools an archive as {@link spool} does, and its large members to files of their own, which can become blobs without being copied.
 * What is no archive is spooled as it is. The caller closes the result.
 */
export async function spoolArchive(
  context: Context,
  source: AsyncIterable<Uint8Array>,
  options: Omit<SpoolOptions, 'each'> = {},
): Promise<ArchiveContent> {
  const fd = openSpool(context)
  const parts = new Map<number, number>()
  const close = (): void => {
    for (const each of [fd, ...parts.values()]) closeSync(each)
  }
  try {
    const size = await pour(
      source,
      divide(fd, parts, () => openPart(context)),
      options,
    )
    // It ends with a hole where its last member has a file of its own.
    ftruncateSync(fd, size)
    return { fd, parts, close }
  } catch (error) {
    close()
    throw diskError(error)
  }
}

/** Nothing where there can be no such file, or no more of them: then the member stays where it is. */
function openPart(context: Context): number | undefined {
  try {
    return openUnnamed(spoolFolder(context), 0o600)
  } catch {
    return undefined
  }
}

/** Says what of an archive goes to its own file, and what to files of its members, which are opened and noted in `parts`. */
function divide(fd: number, parts: Map<number, number>, open: () => number | undefined): Place {
  let piece: Uint8Array
  let position: number
  let taken: (Placed & { from: number })[]
  /** The member that is being read, where it has a file. */
  let member: { fd: number; at: number } | undefined
  let isLarge = false
  const begin = (offset: number): typeof member => {
    const own = isLarge && parts.size < mostParts ? open() : undefined
    isLarge = false
    if (own === undefined) return undefined
    parts.set(offset, own)
    return { fd: own, at: 0 }
  }
  let parser: TarParser | undefined = createTarParser({
    entry: ({ size }) => void (isLarge = size >= smallestPart),
    data(bytes) {
      const from = bytes.byteOffset - piece.byteOffset
      member ??= begin(position + from)
      if (!member) return
      taken.push({ ...member, bytes, from })
      member.at += bytes.byteLength
    },
    end: () => void (member = undefined),
  })
  return (bytes, at) => {
    ;[piece, position, taken] = [bytes, at, []]
    try {
      parser?.push(bytes)
    } catch {
      // Whatever it is, who reads it says what is wrong with it.
      parser = undefined
    }
    return around(bytes, fd, at, taken)
  }
}

/** Pieces of some bytes that have their place, and what is left of the bytes, which goes to a file as it lies. */
function around(bytes: Uint8Array, fd: number, at: number, taken: readonly (Placed & { from: number })[]): Placed[] {
  const placed: Placed[] = []
  let done = 0
  for (const { from, ...each } of [...taken, { fd, at: 0, bytes: new Uint8Array(), from: bytes.byteLength }]) {
    if (from > done) placed.push({ fd, at: at + done, bytes: bytes.subarray(done, from) })
    if (each.bytes.byteLength > 0) placed.push(each)
    done = from + each.bytes.byteLength
  }
  return placed
}
