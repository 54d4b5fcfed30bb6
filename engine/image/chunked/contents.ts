import { hash } from 'node:crypto'
import { posix } from 'node:path'

import { goMap, goMarshal } from '../manifest/go-marshal.ts'
import { type MemberHeader, AmbiguousArchive } from './member-header.ts'
import { type SideData, SideText } from './side-text.ts'

/** A chunk of a file's content. */
export interface Chunk {
  size: number
  digest: string
  zeros: boolean
  /** Where its frame begins, once that is known. */
  offset?: number
}

/** A member, and where its content lies. */
export interface Entry {
  header: MemberHeader
  /** Of the content, if there is some. */
  digest?: string
  chunks: Chunk[]
  /** Where the last chunk's frame ends. */
  end?: number
  /** Chunks whose place is not known yet; one more while the content goes on. */
  awaited: number
}

export interface Contents {
  /** The table of contents. */
  table: SideData
  /** What is not content, for putting the archive together again. */
  split: SideData
}

/** Readers refuse a table that is larger (containers/storage, pkg/chunked). */
const largestTable = 150 * 1024 * 1024
/** Of both together, compressed, as they are held in memory. */
const largestHeld = 64 * 1024 * 1024

/**
 * A layer's table of contents and its tar-split data, as containers/storage writes them, compressed as they grow: JSON of the
 * version 1 that CRFS began with, and lines of JSON (vbatts/tar-split, tar/storage).
 */
export class ContentsWriter {
  readonly #table: SideText
  readonly #split: SideText
  readonly #entries: Entry[] = []
  /** 52 bits of a hash of each name: a false duplicate costs only the table. */
  readonly #names = new Set<number>()
  #position = 0
  #separator = ''

  /** @param level as zstd counts it. */
  constructor(level: number) {
    this.#table = new SideText(level)
    this.#split = new SideText(level)
    this.#table.write('{"version":1,"entries":[')
  }

  get empty(): boolean {
    return this.#names.size === 0
  }

  /** @throws AmbiguousArchive for a name that was there, or when there is too much. */
  add(entry: Entry): void {
    // Readers that rebuild the archive find files by such names.
    const name = posix.normalize(entry.header.name).replace(/(?<=.)\/$/, '')
    const mark = Number.parseInt(hash('sha256', name).slice(0, 13), 16)
    if (this.#names.has(mark))
      throw new AmbiguousArchive(`an archive with two members of the name ${JSON.stringify(name.slice(0, 100))}`)
    this.#names.add(mark)
    this.#entries.push(entry)
    this.settle()
  }

  /** Writes the entries that are complete, in the archive's order. @throws AmbiguousArchive when there is too much. */
  settle(): void {
    let done = 0
    while (this.#entries[done]?.awaited === 0) {
      this.#table.write(this.#separator + entryTexts(this.#entries[done]!).join(','))
      this.#separator = ','
      done++
    }
    if (done > 0) this.#entries.splice(0, done)
    if (this.#table.length > largestTable || this.#table.held + this.#split.held > largestHeld)
      throw new AmbiguousArchive('an archive with too many members')
  }

  /** Bytes that are not content: all between the contents of two members. */
  segment(payload: Buffer): void {
    // Base64 needs no escaping, and there is a lot of it.
    this.#split.write(`{"type":2,"payload":"${payload.toString('base64')}","position":${this.#position++}}\n`)
  }

  file({ name, size }: MemberHeader, checksum: Buffer | undefined): void {
    const entry = { type: 1, name, size: size || undefined, payload: checksum?.toString('base64') ?? null }
    this.#split.write(`${goMarshal({ ...entry, position: this.#position++ })}\n`)
  }

  /** Waits until what was written has been compressed, so that it does not pile up. */
  async caughtUp(): Promise<void> {
    await this.#table.caughtUp()
    await this.#split.caughtUp()
  }

  async finish(): Promise<Contents> {
    const split = await this.#split.finish()
    this.#table.write(`],"tarSplitDigest":"${split.digest}"}`)
    return { table: await this.#table.finish(), split }
  }

  close(): void {
    this.#table.close()
    this.#split.close()
  }
}

/** A member, and for each chunk but the first one of its own. */
function entryTexts({ header, digest, chunks, end }: Entry): string[] {
  const [first, ...others] = chunks
  // A file of one chunk is described by what is said of the file.
  const own = first && others.length > 0 ? chunkFields(first) : {}
  const texts = [goMarshal({ ...metadata(header), digest, offset: first?.offset, endOffset: end, ...own })]
  let at = first?.size ?? 0
  for (const chunk of others) {
    texts.push(goMarshal({ type: 'chunk', name: header.name, offset: chunk.offset, ...chunkFields(chunk, at) }))
    at += chunk.size
  }
  return texts
}

function chunkFields({ size, digest, zeros }: Chunk, chunkOffset?: number): object {
  return { chunkSize: size, chunkOffset, chunkDigest: digest, chunkType: zeros ? 'zeros' : undefined }
}

function metadata(header: MemberHeader): object {
  const { type, name, linkName, mode, size, uid, gid, modTime, accessTime, changeTime, devMajor, devMinor, xattrs } = header
  const values = Object.fromEntries([...xattrs].map(([key, value]) => [key, Buffer.from(value).toString('base64')]))
  return {
    type,
    name,
    linkName: linkName || undefined,
    mode: mode || undefined,
    size: size || undefined,
    uid: uid || undefined,
    gid: gid || undefined,
    modtime: formatTime(modTime),
    accesstime: accessTime === undefined ? undefined : formatTime(accessTime),
    changetime: changeTime === undefined ? undefined : formatTime(changeTime),
    devMajor: devMajor || undefined,
    devMinor: devMinor || undefined,
    xattrs: goMap(values),
  }
}

const second = 1_000_000_000n
/** The years that RFC 3339 has, in seconds. */
const [earliest, latest] = [-62_167_219_200n, 253_402_300_800n]

/** As RFC 3339, with as many digits as needed. @throws AmbiguousArchive for what it cannot say. */
export function formatTime(time: bigint): string {
  const fraction = ((time % second) + second) % second
  const seconds = (time - fraction) / second
  if (seconds < earliest || seconds >= latest) throw new AmbiguousArchive('a member of another age')
  const digits = fraction === 0n ? '' : `.${fraction.toString().padStart(9, '0').replace(/0+$/, '')}`
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}${digits}Z`
}
