import {
  closeSync,
  createWriteStream,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'

import { EngineError } from '../../errors/index.ts'
import { writesItself } from '../../lib/files/self-writing.ts'
import { readTar } from '../../lib/tar/index.ts'
import { stdout } from '../output/print.ts'

/** Standard output, which is a file or a program's input. */
export async function writeOut(source: AsyncIterable<Uint8Array>): Promise<void> {
  if (fstatSync(1).isFile()) return writeTo(1, source)
  // Each piece is awaited until the kernel has it: the process ends with the last one, and would take along what is queued.
  for await (const piece of source)
    await new Promise<void>((resolve, reject) => stdout().write(piece, (error) => (error ? reject(error) : resolve())))
}

/**
 * Writes a file under another name beside it, and renames it: a failure, or an interrupt, leaves no half of one. What is no
 * plain file (`/dev/stdout`, a fifo) is written as it is.
 * @throws StoreUnavailable when it cannot be written, DiskFull; what `source` throws is passed on
 */
export async function writeArchive(source: AsyncIterable<Uint8Array>, file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  if (found && !found.isFile()) return pipeline(source, createWriteStream(file)).catch((error: unknown) => fail(file, error))
  const part = `${file}.part-${process.pid}`
  let fd
  try {
    fd = openSync(part, 'wx', 0o644)
  } catch (error) {
    return fail(file, error)
  }
  const forget = (): void => rmSync(part, { force: true })
  const interrupted = (): never => {
    forget()
    process.exit(130)
  }
  process.once('SIGINT', interrupted)
  process.once('SIGTERM', interrupted)
  try {
    await (writesItself(source) ? source.writeInto(part) : writeTo(fd, source))
    renameSync(part, file)
  } catch (error) {
    forget()
    fail(file, error)
  } finally {
    closeSync(fd)
    process.off('SIGINT', interrupted)
    process.off('SIGTERM', interrupted)
  }
}

/** Synchronous writes go to the page cache and cost less than a trip through the thread pool. */
async function writeTo(fd: number, source: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of source) {
    for (let at = 0; at < piece.byteLength;) at += writeSync(fd, piece, at)
  }
}

/** Names in a folder that an engine sends: blobs by digest and a few documents. */
const folderName =
  /^(?:blobs\/(?:sha256|sha512)\/[0-9a-f]{64,128}|[0-9a-f]{64,128}|index\.json|oci-layout|manifest\.json|version)$/

/**
 * Unpacks the tar of an image's folder into `folder`, which may hold an image of the same kind already: each file appears whole,
 * those that name the image last. A folder that was not there before is removed when it fails.
 * @throws as {@link writeArchive}, ArchiveInvalid when the engine sends something else
 */
export async function writeFolder(source: AsyncIterable<Uint8Array>, folder: string): Promise<void> {
  const isNew = !existsSync(folder)
  try {
    await mkdir(folder, { recursive: true })
    const last: { name: string; bytes: Buffer }[] = []
    for await (const { header, body } of readTar(source)) {
      if (header.type === 'directory') continue
      if (header.type !== 'file' || !folderName.test(header.path))
        throw new EngineError(
          'ArchiveInvalid',
          `The engine sent ${JSON.stringify(header.path.slice(0, 200))}, which is no part of an image.`,
        )
      if (header.path.endsWith('.json')) last.push({ name: header.path, bytes: Buffer.concat(await Array.fromAsync(body)) })
      else await writeFile(path.join(folder, header.path), body)
    }
    for (const { name, bytes } of last) {
      const place = path.join(folder, name)
      await writeFile(place, [name === 'index.json' ? joinIndex(place, bytes) : bytes])
    }
  } catch (error) {
    if (isNew) await rm(folder, { recursive: true, force: true })
    fail(folder, error)
  }
}

async function writeFile(place: string, body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
  await mkdir(path.dirname(place), { recursive: true })
  const part = `${place}.part-${process.pid}`
  const file = await open(part, 'wx', 0o644)
  try {
    for await (const piece of body) {
      for (let at = 0; at < piece.byteLength;) at += writeSync(file.fd, piece, at)
    }
    await rename(part, place)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  } finally {
    await file.close()
  }
}

interface Index {
  manifests: { digest: string; annotations?: Record<string, string> }[]
}

/** The images that a layout had, and the new ones; a name goes to the newest. */
function joinIndex(place: string, bytes: Buffer): Buffer {
  if (!existsSync(place)) return bytes
  const before = JSON.parse(readFileSync(place, 'utf8')) as Index
  const now = JSON.parse(bytes.toString('utf8')) as Index
  const ref = 'org.opencontainers.image.ref.name'
  for (const entry of now.manifests) {
    const name = entry.annotations?.[ref]
    for (const each of before.manifests) if (name !== undefined && each.annotations?.[ref] === name) delete each.annotations[ref]
    before.manifests = before.manifests.filter((each) => each.digest !== entry.digest || each.annotations?.[ref] !== undefined)
    before.manifests.push(entry)
  }
  return Buffer.from(JSON.stringify(before))
}

function fail(place: string, error: unknown): never {
  if (error instanceof EngineError) throw error
  const { code, message } = error as NodeJS.ErrnoException
  if (code === undefined) throw error
  const full = code === 'ENOSPC' || code === 'EDQUOT'
  const text = full
    ? `The disk that holds ${place} is full.`
    : `${place} cannot be written: ${message.replace(/, \w+ '.*$/s, '')}.`
  throw new EngineError(full ? 'DiskFull' : 'StoreUnavailable', text, { details: { path: place }, cause: error })
}
