import { EngineError } from '../../../engine/errors/index.ts'

const block = 512
const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

/** A file or folder of an archive. */
interface Member {
  /** Its name in the archive; of a folder with a slash at the end. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  /** `0` a file, `5` a folder, `x` the attributes of the next member (POSIX pax). */
  readonly type: '0' | '5' | 'x'
  /** Seconds since the epoch. */
  readonly modified: number
}

/** A header block (POSIX ustar). */
function headerOf({ path, size, type, modified }: Member): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(block)
  const write = (text: string, at: number, length: number) => header.set(encode(text).subarray(0, length), at)
  const number = (value: number, at: number, length: number) => write(value.toString(8).padStart(length - 1, '0'), at, length)
  write(path, 0, 100)
  number(type === '5' ? 0o755 : 0o644, 100, 8)
  number(0, 108, 8)
  number(0, 116, 8)
  // What does not fit is in the attributes before.
  number(Math.min(size, 0o77777777777), 124, 12)
  number(Math.max(0, Math.floor(modified)), 136, 12)
  write('        ', 148, 8)
  write(type, 156, 1)
  write('ustar\u000000', 257, 8)
  const sum = header.reduce((total, byte) => total + byte, 0)
  write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8)
  return header
}

/** `LENGTH KEY=VALUE`, whose length counts itself. */
function record(key: string, value: string): string {
  const rest = encode(` ${key}=${value}\n`).length
  let length = rest + String(rest).length
  if (String(length).length > String(rest).length) length = rest + String(length).length
  return `${length} ${key}=${value}\n`
}

function* membersOf(path: string, size: number, type: '0' | '5', modified: number): Generator<Uint8Array<ArrayBuffer>> {
  const records = [
    ...(encode(path).length > 100 ? [record('path', path)] : []),
    ...(size > 0o77777777777 ? [record('size', String(size))] : []),
  ].join('')
  if (records !== '') {
    const body = encode(records)
    yield headerOf({ path: 'PaxHeaders/member', size: body.length, type: 'x', modified })
    yield body
    yield padding(body.length)
  }
  yield headerOf({ path, size, type, modified })
}

const padding = (size: number): Uint8Array<ArrayBuffer> => new Uint8Array((block - (size % block)) % block)

/**
 * An archive of files and their folders, in their names of a chosen folder where they have such. The files are read as the archive is,
 * and never held in memory.
 */
export function tarOf(files: readonly File[]): Blob {
  const parts: BlobPart[] = []
  const folders = new Set<string>()
  for (const file of files) {
    const path = file.webkitRelativePath || file.name
    const modified = file.lastModified / 1000
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash + 1)
      if (!folders.has(folder)) parts.push(...membersOf(folder, 0, '5', modified))
      folders.add(folder)
    }
    parts.push(...membersOf(path, file.size, '0', modified), file, padding(file.size))
  }
  parts.push(new Uint8Array(2 * block))
  return new Blob(parts, { type: 'application/x-tar' })
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes).replace(/\0.*$/s, '')

/**
 * The content of the first file of an archive, as it comes in.
 *
 * @throws EngineError `ArchiveInvalid` where there is none, or it is cut off.
 */
export async function* firstFile(archive: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = readerOf(archive)
  let paxSize: number | undefined
  for (;;) {
    const header = await reader.exactly(block)
    if (header.every((byte) => byte === 0)) throw cutOff()
    const type = String.fromCharCode(header[156] ?? 0)
    const size = paxSize ?? sizeOf(header.subarray(124, 136))
    if (type === '0' || type === '\0') return yield* reader.pieces(size)
    const body = sizeOf(header.subarray(124, 136))
    if (type === 'x' && body <= 1024 ** 2) {
      const attributes = textOf(await reader.exactly(body))
      paxSize = Number(/(?:^|\n)\d+ size=(\d+)\n/.exec(attributes)?.[1]) || undefined
    } else for await (const _piece of reader.pieces(body)) continue
    await reader.exactly((block - (body % block)) % block)
  }
}

/** Octal digits, or with the first bit a number to the base of 256. */
function sizeOf(bytes: Uint8Array): number {
  if ((bytes[0] ?? 0) < 128) return Number.parseInt(textOf(bytes).trim() || '0', 8)
  return bytes.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0)
}

const cutOff = () => new EngineError('ArchiveInvalid', 'The archive is cut off, or has no file in it.')

function readerOf(source: AsyncIterable<Uint8Array>) {
  const iterator = source[Symbol.asyncIterator]()
  let left: Uint8Array = new Uint8Array()
  async function* pieces(size: number): AsyncGenerator<Uint8Array, void, undefined> {
    let missing = size
    while (missing > 0) {
      if (left.length === 0) {
        const next = await iterator.next()
        if (next.done) throw cutOff()
        left = next.value
      }
      const piece = left.subarray(0, missing)
      left = left.subarray(piece.length)
      missing -= piece.length
      if (piece.length > 0) yield piece
    }
  }
  return {
    pieces,
    async exactly(size: number): Promise<Uint8Array> {
      const whole = new Uint8Array(size)
      let at = 0
      for await (const piece of pieces(size)) {
        whole.set(piece, at)
        at += piece.length
      }
      return whole
    },
  }
}
