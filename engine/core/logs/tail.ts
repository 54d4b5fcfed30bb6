import type { FileHandle } from 'node:fs/promises'

import { parseLogEntry } from './entry.ts'

const blockBytes = 65_536
const newline = 0x0a

/**
 * The offset at which the last `count` lines begin, found from the end: what lies before is never read.
 * A line that was written in parts counts once, and so does a last one that is not finished, as with podman.
 */
export async function tailOffset(file: FileHandle, size: number, count: number): Promise<number> {
  if (count <= 0) return size
  let wanted = count
  let offset = size
  let isLast = true
  for await (const { line, at } of linesBackwards(file, size)) {
    const entry = parseLogEntry(line)
    if (entry && (!entry.partial || isLast) && wanted-- === 0) return offset
    if (entry) isLast = false
    offset = at
  }
  return 0
}

/** Lines from the last one back, each with its offset. Holds one block and one line at most. */
async function* linesBackwards(file: FileHandle, size: number): AsyncGenerator<{ line: Buffer; at: number }> {
  let rest: Buffer = Buffer.alloc(0)
  for (let end = size; end > 0;) {
    const begin = Math.max(0, end - blockBytes)
    const block = Buffer.alloc(end - begin)
    const { bytesRead } = await file.read(block, 0, block.length, begin)
    let text = Buffer.concat([block.subarray(0, bytesRead), rest])
    for (;;) {
      const last = text.at(-1) === newline ? text.length - 1 : text.length
      const before = text.lastIndexOf(newline, last - 1)
      if (last === 0 || (before === -1 && begin > 0)) break
      if (last > before + 1) yield { line: text.subarray(before + 1, last), at: begin + before + 1 }
      text = text.subarray(0, before + 1)
      if (before === -1) break
    }
    // A line longer than any entry can be is damaged: drop what was buffered of it.
    rest = text.length > 16 * blockBytes ? Buffer.alloc(0) : text
    end = begin
  }
}
