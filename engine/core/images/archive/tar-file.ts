import { closeSync, ftruncateSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'

import { EngineError } from '../../../errors/index.ts'
import { diskError } from '../../../image/index.ts'
import { randomToken } from '../../../lib/random-id.ts'
import { blockSize, tarEnd, tarHeader, type TarInput } from '../../../lib/tar/index.ts'

/** An archive being written. `commit` makes it visible under its name; `discard` removes it. Exactly one of them is called. */
export interface TarFile {
  /** Writes a member. Several may be written concurrently, each at its own offset; a failed one can be written again. */
  add(input: TarInput): Promise<void>
  /** Adds what comes last, and ends the archive. @throws ArchiveInvalid when a member was not written to its end, DiskFull */
  commit(last: Iterable<TarInput>): Promise<void>
  discard(): void
}

/**
 * Begins an archive beside `path`.
 * @throws AccessDenied, NotFound when that folder cannot be written
 */
export function openTarFile(path: string): TarFile {
  const part = `${path}.${randomToken()}.part`
  const fd = open(part, path)
  const places = reserve(fd)
  const add = async (input: TarInput): Promise<void> => {
    const { path: name } = input.header
    const target = places.of(input)
    let at = 0
    for await (const piece of input.body ?? []) {
      if (at + piece.byteLength > target.size) throw wrongSize(name, target.size)
      write(fd, piece, target.offset + at)
      at += piece.byteLength
    }
    if (at !== target.size) throw wrongSize(name, target.size)
    target.whole = true
  }
  return {
    add,
    async commit(last) {
      try {
        for (const each of last) await add(each)
        places.finish(path)
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

interface Place {
  offset: number
  size: number
  whole: boolean
}

/** Assigns each member its offset, and writes its header there. */
function reserve(fd: number): { of(input: TarInput): Place; finish(path: string): void } {
  const places = new Map<string, Place>()
  let end = 0
  return {
    of({ header }) {
      const before = places.get(header.path)
      if (before) return before
      const head = tarHeader(header)
      write(fd, head, end)
      const made = { offset: end + head.byteLength, size: header.size, whole: false }
      end = made.offset + Math.ceil(header.size / blockSize) * blockSize
      places.set(header.path, made)
      return made
    },
    finish(path) {
      const broken = [...places].find(([, { whole }]) => !whole)
      if (broken)
        throw new EngineError('ArchiveInvalid', `The archive ${path} lacks ${broken[0]}, which was not written to its end.`)
      // What pads the last member was not written: it becomes zeros.
      ftruncateSync(fd, end)
      write(fd, tarEnd(), end)
    },
  }
}

function write(fd: number, bytes: Uint8Array, position: number): void {
  try {
    for (let at = 0; at < bytes.byteLength;) at += writeSync(fd, bytes, at, bytes.byteLength - at, position + at)
  } catch (error) {
    throw diskError(error)
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
