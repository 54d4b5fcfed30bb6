import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { EngineError } from '../../errors/index.ts'
import { randomToken } from '../random-id.ts'

export interface WriteOptions {
  /** Permissions, 0600 by default, less the umask. */
  mode?: number
  /** Whether the bytes and the name must be on disk before it returns, so that they survive a power loss. */
  sync?: boolean
}

/**
 * Replaces `file` by `data`: under a temporary name beside it, then renamed. A reader or a crash sees the old or the
 * new content, never a part; on failure the temporary file is removed.
 */
export async function writeFileAtomic(file: string, data: string | Buffer, options: WriteOptions = {}): Promise<void> {
  const temporary = temporaryName(file)
  let handle: FileHandle | undefined
  try {
    handle = await open(temporary, 'wx', options.mode ?? 0o600)
    await handle.writeFile(data)
    if (options.sync) await handle.sync()
    await handle.close()
    handle = undefined
    await rename(temporary, file)
    if (options.sync) syncFolder(path.dirname(file))
  } catch (error) {
    await handle?.close().catch(() => {})
    await rm(temporary, { force: true })
    throw error
  }
}

/** As {@link writeFileAtomic}, without giving up the thread: for files of a few kilobytes. */
export function writeFileAtomicSync(file: string, data: string | Buffer, options: WriteOptions = {}): void {
  const temporary = temporaryName(file)
  try {
    writeFileSync(temporary, data, { mode: options.mode ?? 0o600, flag: 'wx', flush: options.sync })
    renameSync(temporary, file)
    if (options.sync) syncFolder(path.dirname(file))
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/**
 * The JSON in `file`, unchecked but bounded.
 *
 * @param maxBytes the largest file that is read, 4 MiB by default.
 * @returns `undefined` if the file does not exist.
 * @throws TooLarge, StoreCorrupt if it is not JSON.
 */
export async function readJson(file: string, maxBytes = 4 * 1024 * 1024): Promise<unknown> {
  const text = await readBounded(file, maxBytes)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new EngineError('StoreCorrupt', `The file ${file} does not hold valid JSON.`, { details: { file }, cause: error })
  }
}

/** The text in `file`, or `undefined` if it does not exist. @throws TooLarge beyond `maxBytes`. */
export async function readBounded(file: string, maxBytes: number): Promise<string | undefined> {
  let handle: FileHandle
  try {
    handle = await open(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const buffer = Buffer.alloc(Math.min(maxBytes, Math.max((await handle.stat()).size, 4095)) + 1)
    let length = 0
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length)
      if (bytesRead === 0) return buffer.toString('utf8', 0, length)
      length += bytesRead
    }
    throw new EngineError('TooLarge', `The file ${file} is larger than ${buffer.length - 1} bytes.`, {
      details: { file, maxBytes },
    })
  } finally {
    await handle.close()
  }
}

/** The temporary files of writers of `file`, which stay where one was killed. None where the folder does not exist. */
export function temporariesOf(file: string): string[] {
  const folder = path.dirname(file)
  const start = `.${path.basename(file)}.`
  try {
    return readdirSync(folder)
      .filter((name) => name.startsWith(start) && name.endsWith('.tmp'))
      .map((name) => path.join(folder, name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function temporaryName(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${randomToken()}.tmp`)
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
