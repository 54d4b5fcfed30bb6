import { closeSync, ftruncateSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'

import { EngineError } from '../../../errors/index.ts'
import { diskError } from '../../../image/index.ts'
import { randomToken } from '../../../lib/random-id.ts'
import { blockSize, tarEnd, tarHeader, type TarInput } from '../../../lib/tar/index.ts'

/** An archive being written. It appears under its name with `commit`; `discard` leaves nothing. Exactly one of them is called. */
export interface TarFile {
  /** Writes a member. Several may be written at once, each at a place of its own; one that failed can be written again. */
  add(input: TarInput): Promise<void>
  /** @throws ArchiveInvalid when a member was not written to its end, DiskFull */
  commit(): void
  discard(): void
}

/**
 * Begins an archive beside `path`.
 * @throws AccessDenied, NotFound when that folder cannot be written
 */
export function openTarFile(path: string): TarFile {
  const part = `${path}.${randomToken()}.part`
  const fd = open(part, path)
  const places = new Map<string, { offset: number; size: number; whole: boolean }>()
  let end = 0
  const write = (bytes: Uint8Array, position: number): void => {
    try {
      for (let at = 0; at < bytes.byteLength;) at += writeSync(fd, bytes, at, bytes.byteLength - at, position + at)
    } catch (error) {
      throw diskError(error)
    }
  }
  const place = ({ header }: TarInput): { offset: number; size: number; whole: boolean } => {
    const before = places.get(header.path)
    if (before) return before
    const head = tarHeader(header)
    write(head, end)
    const made = { offset: end + head.byteLength, size: header.size, whole: false }
    end = made.offset + Math.ceil(header.size / blockSize) * blockSize
    places.set(header.path, made)
    return made
  }
  return {
    async add(input) {
      const { path: name } = input.header
      const target = place(input)
      let at = 0
      for await (const piece of input.body ?? []) {
        if (at + piece.byteLength > target.size) throw wrongSize(name, target.size)
        write(piece, target.offset + at)
        at += piece.byteLength
      }
      if (at !== target.size) throw wrongSize(name, target.size)
      target.whole = true
    },
    commit() {
      const broken = [...places].find(([, { whole }]) => !whole)
      try {
        if (broken)
          throw new EngineError('ArchiveInvalid', `The archive ${path} lacks ${broken[0]}, which was not written to its end.`)
        // What pads the last member may not have been written: it is zeros as it is.
        ftruncateSync(fd, end)
        write(tarEnd(), end)
        renameSync(part, path)
      } catch (error) {
        rmSync(part, { force: true })
        throw error
      } finally {
        closeSync(fd)
      }
    },
    discard() {
      closeSync(fd)
      rmSync(part, { force: true })
    },
  }
}

function open(part: string, path: string): number {
  try {
    return openSync(part, 'wx', 0o644)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    throw new EngineError(code === 'ENOENT' ? 'NotFound' : 'AccessDenied', `The archive ${path} cannot be written: ${message}.`, {
      details: { path },
      cause,
    })
  }
}

function wrongSize(name: string, size: number): EngineError {
  return new EngineError('SizeMismatch', `${name} has not the ${size} bytes that were announced.`)
}
