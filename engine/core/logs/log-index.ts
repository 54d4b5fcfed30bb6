import { type FileHandle, open } from 'node:fs/promises'

/** A place in a log where a line begins, and none is unfinished unless one has been for long. */
export interface Checkpoint {
  /** The number of the line that begins here. */
  line: number
  /** In bytes. */
  offset: number
  /** RFC 3339, of the entry here. */
  time: string
  /** Whether some line up to the next checkpoint was written in parts. */
  parts: boolean
}

/**
 * Where the lines of a k8s-file log begin. A line counts when it is complete; its number is that of its last part. Lines that are
 * unfinished at the end of the file come after those.
 */
export interface LogIndex {
  /** Which log it is: another one after a rotation. Numbers of lines hold for one log. */
  readonly log: string
  /** Complete lines. */
  readonly complete: number
  /** All lines: with those, of at most two streams, that are not complete yet. */
  readonly lines: number
  readonly checkpoints: readonly Checkpoint[]
  /** Bytes that it covers. */
  readonly size: number
}

/** Lines between two checkpoints, at least. */
export const checkpointLines = 256
/** Lines after which a checkpoint is made although some line is unfinished: its beginning is not seen from there. */
const maxApart = 8192
const blockBytes = 256 * 1024
/** A longer entry is damaged; buffering it would let a file take all memory. */
const longestEntry = 1024 * 1024
const newline = 0x0a
const space = 0x20
const partial = 0x50

/** Indexes by their file, so that opening a log again reads only what is new. */
const known = new Map<string, Promise<Scan>>()
const maxKnown = 32

/** The index of a log as it is now. A missing file is an empty log. */
export async function indexLog(file: string, signal?: AbortSignal): Promise<LogIndex> {
  // One at a time: two would read the same twice.
  const before = known.get(file)
  const scan = (before ?? Promise.resolve(undefined)).catch(() => undefined).then((last) => extend(file, last, signal))
  known.delete(file)
  known.set(file, scan)
  for (const oldest of known.keys()) {
    if (known.size <= maxKnown) break
    known.delete(oldest)
  }
  try {
    return snapshot(await scan)
  } catch (error) {
    if (known.get(file) === scan) known.delete(file)
    throw error
  }
}

/** How far a log has been scanned. */
interface Scan {
  ino: bigint
  head: string
  /** Behind the last complete entry. */
  offset: number
  complete: number
  /** Bytes of the last entry's time. */
  width: number
  checkpoints: Checkpoint[]
  /** Streams with a line that was begun: `o` for stdout, `e` for stderr. */
  begun: Set<number>
}

const snapshot = ({ ino, head, complete, begun, checkpoints, offset }: Scan): LogIndex => ({
  log: `${ino.toString(36)}-${head}`,
  complete,
  lines: complete + begun.size,
  checkpoints,
  size: offset,
})

const empty = (ino: bigint): Scan => ({ ino, head: '', offset: 0, complete: 0, width: 0, checkpoints: [], begun: new Set() })

async function extend(file: string, before: Scan | undefined, signal: AbortSignal | undefined): Promise<Scan> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!handle) return empty(0n)
  try {
    const { ino, size } = await handle.stat({ bigint: true })
    const head = await firstTime(handle)
    const same =
      before?.ino === ino && before.offset <= size && (before.head === head || before.complete + before.begun.size === 0)
    const scan = same ? { ...before, begun: new Set(before.begun) } : empty(ino)
    scan.head = head
    await scanOn(handle, scan, Number(size), signal)
    return scan
  } finally {
    await handle.close()
  }
}

async function firstTime(handle: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0)
  const end = buffer.subarray(0, bytesRead).indexOf(space)
  return end < 20 ? '' : buffer.toString('latin1', 0, end)
}

async function scanOn(handle: FileHandle, scan: Scan, size: number, signal: AbortSignal | undefined): Promise<void> {
  let buffer = Buffer.allocUnsafeSlow(2 * blockBytes)
  let held = 0
  while (scan.offset + held < size) {
    signal?.throwIfAborted()
    if (buffer.length < held + blockBytes) buffer = Buffer.concat([buffer.subarray(0, held)], held + blockBytes)
    const { bytesRead } = await handle.read(buffer, held, blockBytes, scan.offset + held)
    if (bytesRead === 0) return
    const used = scanBlock(buffer.subarray(0, held + bytesRead), scan)
    buffer.copyWithin(0, used, held + bytesRead)
    held += bytesRead - used
    if (held <= longestEntry) continue
    scan.offset += held
    held = 0
  }
}

/** Counts the whole entries of a block, and answers with their bytes. */
function scanBlock(block: Buffer, scan: Scan): number {
  let begin = 0
  for (;;) {
    const end = block.indexOf(newline, begin)
    if (end === -1) break
    count(block, begin, end, scan, scan.offset + begin)
    begin = end + 1
  }
  scan.offset += begin
  return begin
}

function count(block: Buffer, begin: number, end: number, scan: Scan, offset: number): void {
  // Times are mostly of one width, and looking is faster than searching.
  if (block[begin + scan.width] !== space) scan.width = block.indexOf(space, begin) - begin
  const stream = begin + scan.width + 1
  const tag = stream + 7
  // `stdout F ` or `stderr P `, a tag after the letter or none.
  if (scan.width < 20 || tag + 1 >= end || block[tag - 1] !== space || (block[tag] !== 0x46 && block[tag] !== partial)) return
  const last = scan.checkpoints.at(-1)
  const apart = scan.begun.size === 0 ? checkpointLines : maxApart
  if (last === undefined || scan.complete - last.line >= apart)
    scan.checkpoints.push({ line: scan.complete, offset, time: block.toString('latin1', begin, stream - 1), parts: false })
  // `o` of stdout or `e` of stderr.
  const letter = block[stream + 3]!
  if (block[tag] === partial) {
    scan.begun.add(letter)
    scan.checkpoints.at(-1)!.parts = true
  } else {
    scan.begun.delete(letter)
    scan.complete += 1
  }
}

/** The last checkpoint at or before a line; `undefined` in an empty log. */
export function checkpointAt({ checkpoints }: LogIndex, line: number): number {
  let low = 0
  let high = checkpoints.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (checkpoints[middle]!.line <= line) low = middle + 1
    else high = middle
  }
  return Math.max(0, low - 1)
}

/** Reads bytes of a log as far as they are there. */
export async function readRange(handle: FileHandle, from: number, to: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.max(0, to - from))
  let held = 0
  while (held < buffer.length) {
    const { bytesRead } = await handle.read(buffer, held, buffer.length - held, from + held)
    if (bytesRead === 0) break
    held += bytesRead
  }
  return buffer.subarray(0, held)
}
