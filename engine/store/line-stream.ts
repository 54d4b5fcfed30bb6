import { type FileHandle, open, stat } from 'node:fs/promises'
import path from 'node:path'

import { watchFolder } from '../lib/files/watch-folder.ts'

export interface LineStreamOptions {
  file: string
  /** Where to begin in the file there is now: the offset of the beginning of a line; 0 by default. */
  startAt?: (file: FileHandle) => Promise<number>
  /** Goes on until this settles, and ends once all that was written until then has been read. */
  follow?: Promise<unknown>
  /** Stops following immediately. */
  signal?: AbortSignal
}

const blockBytes = 65_536
/** A longer line is damaged; buffering it would let a file take all memory. */
const longestLine = 1024 * 1024
const newline = 0x0a

/**
 * The lines of a file that others append to, in batches and without line ends; a line whose end is not written yet waits for it. A
 * missing file is empty. Following waits for inotify events; when another file takes the name (rotation), the rest of the old one
 * comes first. Memory use does not depend on the file's size. A batch is good until the next one is asked for.
 */
export async function* streamLines(options: LineStreamOptions): AsyncGenerator<Buffer[]> {
  const changes = options.follow ? watchFile(options.file, options.follow, options.signal) : undefined
  let file = await openFile(options.file)
  try {
    let lines = file && lineReader(file, (await options.startAt?.(file)) ?? 0)
    for (;;) {
      const last = changes === undefined || changes.over
      const newer = await openNewer(options.file, file)
      // What was written to the old file before it was replaced is complete by now.
      if (lines) yield* lines()
      if (newer) {
        await file?.close()
        file = newer
        lines = lineReader(newer, 0)
      } else if (last) {
        return
      } else {
        await changes.next()
      }
    }
  } finally {
    changes?.close()
    await file?.close()
  }
}

/**
 * A function that reads up to the current end of the file. All batches share one buffer: many concurrent readers leave little
 * garbage.
 */
function lineReader(file: FileHandle, offset: number): () => AsyncGenerator<Buffer[]> {
  let buffer: Buffer = Buffer.allocUnsafeSlow(2 * blockBytes)
  // Bytes at the beginning of the buffer, of a line whose end has not been read.
  let held = 0
  let position = offset
  return async function* toEnd() {
    for (;;) {
      if (buffer.length < held + blockBytes) buffer = Buffer.concat([buffer.subarray(0, held)], held + 2 * blockBytes)
      const { bytesRead } = await file.read(buffer, held, blockBytes, position)
      if (bytesRead === 0) return
      position += bytesRead
      const end = held + bytesRead
      const last = buffer.lastIndexOf(newline, end - 1)
      if (last !== -1) yield splitLines(buffer.subarray(0, last + 1))
      buffer.copyWithin(0, last + 1, end)
      held = end - last - 1
      if (held > longestLine) held = 0
    }
  }
}

function splitLines(text: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let begin = 0; begin < text.length;) {
    const end = text.indexOf(newline, begin)
    lines.push(text.subarray(begin, end))
    begin = end + 1
  }
  return lines
}

async function openFile(name: string): Promise<FileHandle | undefined> {
  try {
    return await open(name, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** The file of that name, if it is another one than `current`. */
async function openNewer(name: string, current: FileHandle | undefined): Promise<FileHandle | undefined> {
  if (current) {
    const [now, then] = await Promise.all([stat(name).catch(() => undefined), current.stat()])
    if (!now || (now.ino === then.ino && now.dev === then.dev)) return undefined
  }
  return await openFile(name)
}

/** Changes of a file. */
export interface Changes {
  /** Resolves at the next change, or immediately if one was missed since the last call. */
  next(): Promise<void>
  /** What was waited for has come: there will be no more. */
  readonly over: boolean
  close(): void
}

/**
 * Watches a file until `until` settles or the signal. The folder is watched, not the file: only it reports a file that takes the name of
 * another. The caller closes it.
 */
export function watchFile(file: string, until: Promise<unknown>, signal: AbortSignal | undefined): Changes {
  let changed = false
  let over = false
  let wake = (): void => {}
  const notify = () => {
    changed = true
    wake()
  }
  const end = () => {
    over = true
    notify()
  }
  const changes = (name: string | null) => void ((name === null || name === path.basename(file)) && notify())
  const watcher = watchFolder(path.dirname(file), changes, end)
  void until.then(end, end)
  signal?.addEventListener('abort', end, { once: true })
  return {
    async next() {
      if (!changed) await new Promise<void>((resolve) => (wake = resolve))
      changed = false
    },
    get over() {
      return over || signal?.aborted === true
    },
    close() {
      watcher.close()
      signal?.removeEventListener('abort', end)
    },
  }
}
