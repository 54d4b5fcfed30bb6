import { closeSync, constants, createReadStream, existsSync, fstatSync, openSync, realpathSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { createGunzip } from 'node:zlib'

import { EngineError } from '../../../errors/index.ts'
import { readPieces } from '../../../image/index.ts'

const maxLine = 16 * 1024 * 1024

/** A step of a tar-split file: bytes of the archive as they were, or a member whose content is in the layer's folder. */
type Step = { bytes: Buffer } | { name: string; size: number }

/** Names of the members of a layer's archive. @throws NotSupported when they were not kept, StoreCorrupt */
export async function* tarSplitNames(file: string): AsyncGenerator<string, void, undefined> {
  for await (const step of steps(file)) if ('name' in step) yield step.name
}

/**
 * A layer's archive, byte by byte as it was, from what containers/storage keeps of it (github.com/vbatts/tar-split: one JSON object
 * a line, type 1 for members and 2 for the bytes between) and the files of the layer. Not verified: the reader checks the digest.
 * @throws NotSupported when it was not kept, StoreCorrupt
 */
export async function* tarOf(file: string, folder: string): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const step of steps(file)) {
    if ('bytes' in step) yield step.bytes
    else if (step.size > 0) yield* content(folder, step.name, step.size)
  }
}

async function* steps(file: string): AsyncGenerator<Step, void, undefined> {
  if (!existsSync(file))
    throw new EngineError(
      'NotSupported',
      `The layer's archive cannot be built again, since ${file} is missing: pull the image into the store instead.`,
      { details: { file } },
    )
  const source = createReadStream(file)
  const plain = source.pipe(createGunzip())
  const failed = new Promise<never>((_, reject) => {
    source.on('error', reject)
    plain.on('error', reject)
  })
  failed.catch(() => {})
  try {
    for await (const line of linesOf(plain, file)) if (line !== '') yield toStep(line, file)
  } catch (error) {
    throw error instanceof EngineError ? error : damaged(file, error)
  } finally {
    source.destroy()
    plain.destroy()
  }
}

/** Lines, each bounded while it is read. */
async function* linesOf(source: AsyncIterable<Buffer>, file: string): AsyncGenerator<string, void, undefined> {
  let parts: Buffer[] = []
  let length = 0
  for await (const piece of source) {
    let from = 0
    for (let end = piece.indexOf(0x0a); end >= 0; end = piece.indexOf(0x0a, from)) {
      yield Buffer.concat([...parts, piece.subarray(from, end)]).toString('utf8')
      parts = []
      length = 0
      from = end + 1
    }
    parts.push(piece.subarray(from))
    length += piece.length - from
    if (length > maxLine) throw damaged(file)
  }
  yield Buffer.concat(parts).toString('utf8')
}

function toStep(line: string, file: string): Step {
  let entry: { type?: unknown; name?: unknown; name_raw?: unknown; size?: unknown; payload?: unknown }
  try {
    entry = JSON.parse(line) as typeof entry
  } catch (error) {
    throw damaged(file, error)
  }
  if (entry.type === 2) return { bytes: Buffer.from(String(entry.payload ?? ''), 'base64') }
  if (entry.type !== 1) throw damaged(file)
  const name =
    typeof entry.name_raw === 'string' ? Buffer.from(entry.name_raw, 'base64').toString('latin1') : String(entry.name ?? '')
  const size = entry.size ?? 0
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw damaged(file)
  return { name, size }
}

async function* content(folder: string, name: string, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  const path = join(folder, normalize(`/${name}`))
  let fd: number
  try {
    // A link of the layer in place of a folder must not lead out of it: what is read is not verified yet.
    const root = realpathSync(folder)
    if (!`${realpathSync(dirname(path))}/`.startsWith(`${root}/`)) throw new Error('it is outside of the layer')
    // Opening a fifo would block.
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (cause) {
    throw new EngineError(
      'StoreCorrupt',
      `The file ${path} of an additional image store cannot be read: ${(cause as Error).message}.`,
      {
        details: { path },
        cause,
      },
    )
  }
  const found = fstatSync(fd)
  if (!found.isFile() || found.size !== size) {
    closeSync(fd)
    throw new EngineError(
      'StoreCorrupt',
      `The file ${path} of an additional image store has ${found.size} bytes instead of ${size}.`,
    )
  }
  yield* readPieces(fd, size)
}

function damaged(file: string, cause?: unknown): EngineError {
  return new EngineError('StoreCorrupt', `The file ${file} of an additional image store is damaged.`, {
    details: { file },
    cause,
  })
}
