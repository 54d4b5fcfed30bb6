import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'

import { archiveError } from './header.ts'
import { blockSize } from './types.ts'
import { tarEnd, tarHeader, type TarInput } from './writer.ts'

/** The content of a member that can also write itself into a file. */
export interface PlacedBody extends AsyncIterable<Uint8Array> {
  /** Instead of an iteration: leaves exactly the member's bytes at `offset`, unless it fails or `signal` is aborted. */
  writeAt(file: string, offset: number, signal: AbortSignal): Promise<void>
}

/**
 * Writes the archive that `writeTar` gives into a file, which is there and empty. Members that write themselves do so concurrently,
 * since their offsets are known. When it settles nothing writes any more.
 * @throws as `writeTar`, what a body throws, and errno errors of the file
 */
export async function writeTarFile(
  members: AsyncIterable<TarInput> | Iterable<TarInput>,
  file: string,
  signal?: AbortSignal,
): Promise<void> {
  const failed = new AbortController()
  const stop = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal
  const bodies: Promise<void>[] = []
  const fd = openSync(file, 'r+')
  try {
    let at = 0
    for await (const { header, body } of members) {
      at = writeAll(fd, tarHeader(header), at)
      if (header.type !== 'file' || header.size === 0) continue
      const placed = body as Partial<PlacedBody> | undefined
      if (placed?.writeAt) bodies.push(placed.writeAt(file, at, stop))
      else await writeBody(fd, header.path, body ?? [], at, header.size)
      at += Math.ceil(header.size / blockSize) * blockSize
      // Thrown below, where all are awaited.
      bodies.at(-1)?.catch((error: unknown) => failed.abort(error))
      stop.throwIfAborted()
    }
    await Promise.all(bodies)
    ftruncateSync(fd, at + tarEnd().byteLength)
  } catch (error) {
    failed.abort(error)
    throw error
  } finally {
    await Promise.allSettled(bodies)
    closeSync(fd)
  }
}

async function writeBody(
  fd: number,
  path: string,
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  from: number,
  size: number,
): Promise<void> {
  let at = from
  for await (const chunk of body) {
    if (at + chunk.byteLength > from + size) throw archiveError(`${JSON.stringify(path)} grew while it was written`)
    at = writeAll(fd, chunk, at)
  }
  if (at < from + size) throw archiveError(`${JSON.stringify(path)} shrank while it was written`)
}

/** @returns the offset of the next bytes. */
function writeAll(fd: number, chunk: Uint8Array, position: number): number {
  for (let at = 0; at < chunk.byteLength;) at += writeSync(fd, chunk, at, chunk.byteLength - at, position + at)
  return position + chunk.byteLength
}
