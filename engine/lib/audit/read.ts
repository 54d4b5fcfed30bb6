import { constants, readdirSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { type AuditQuery, matcher } from './query.ts'
import { type AuditRecord, idAt, parseRecord } from './record.ts'

/** Which files of a folder, and whose records in them. */
export interface AuditView {
  folder: string
  /** Only this user's: the files that may hold some, and in them the records about that user. All without. */
  uid?: number
}

const chunkSize = 64 * 1024

/** A line that is longer is no record. */
const longestLine = 16 * 1024

/** Records that wait to be put in order: several processes write at once, so a file's lines are only roughly in order of time. */
const lookahead = 64

/** Milliseconds by which a record may stand before an older one in its file. */
const disorder = 60_000

/** Records that match, the newest first; as many as the query asks for. Leaving the iterator frees its files. */
export async function* readNewest(view: AuditView, query: AuditQuery): AsyncGenerator<AuditRecord, void, undefined> {
  const matches = matcher(query)
  const oldest = query.since === undefined ? '' : idAt(query.since - disorder)
  const sources = filesOf(view).map((names) => ordered(backwards(names, view, oldest), matches))
  yield* newestOf(sources, query.limit)
}

/** The newest first out of several sources that are in that order themselves. */
export async function* newestOf(
  sources: readonly AsyncGenerator<AuditRecord, void, undefined>[],
  limit: number,
): AsyncGenerator<AuditRecord, void, undefined> {
  try {
    const heads = await Promise.all(sources.map((source) => source.next()))
    for (let given = 0; given < limit; given += 1) {
      let best = -1
      for (const [index, head] of heads.entries()) {
        const other = heads[best]
        if (head.done !== true && (other?.done !== false || head.value.id > other.value.id)) best = index
      }
      const found = heads[best]
      if (found === undefined || found.done === true) return
      yield found.value
      heads[best] = await sources[best]!.next()
    }
  } finally {
    await Promise.all(sources.map((source) => source.return()))
  }
}

/** The files of a view, each with its older ones after it. */
export function filesOf({ folder, uid }: AuditView): string[][] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  const heads = new Map<string, [number, string][]>()
  for (const name of names) {
    const found = /^(audit(?:-refused|-user-(\d+))?)\.jsonl(?:\.(\d+))?$/.exec(name)
    if (found === null || (uid !== undefined && found[2] !== undefined && found[2] !== String(uid))) continue
    const list = heads.get(found[1]!) ?? []
    list.push([Number(found[3] ?? 0), join(folder, name)])
    heads.set(found[1]!, list)
  }
  return Array.from(heads.values(), (list) => list.toSorted((a, b) => a[0] - b[0]).map(([, path]) => path))
}

async function* ordered(
  records: AsyncGenerator<AuditRecord, void, undefined>,
  matches: (record: AuditRecord) => boolean,
): AsyncGenerator<AuditRecord, void, undefined> {
  const waiting: AuditRecord[] = []
  const take = (): AuditRecord => {
    let best = 0
    for (const [index, record] of waiting.entries()) if (record.id > waiting[best]!.id) best = index
    return waiting.splice(best, 1)[0]!
  }
  for await (const record of records) {
    if (!matches(record)) continue
    waiting.push(record)
    if (waiting.length > lookahead) yield take()
  }
  while (waiting.length > 0) yield take()
}

/** Records of a file and its older ones, from the last line on, until one is older than `oldest`. */
async function* backwards(
  names: readonly string[],
  { uid }: AuditView,
  oldest: string,
): AsyncGenerator<AuditRecord, void, undefined> {
  // What is not about the user is not even looked at line by line.
  const mark = uid === undefined ? undefined : `"uid":${uid},`
  for (const name of names) {
    for await (const line of linesBackwards(name, mark)) {
      const record = parseRecord(line)
      if (record === undefined || (uid !== undefined && record.uid !== uid)) continue
      if (record.id < oldest) return
      yield record
    }
  }
}

/** The lines of a file that hold `mark`, all without one, from the last on. */
async function* linesBackwards(name: string, mark: string | undefined): AsyncGenerator<string, void, undefined> {
  let handle: FileHandle
  try {
    handle = await open(name, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) return
    let rest: Buffer = Buffer.alloc(0)
    for (let end = stat.size; end > 0;) {
      const start = Math.max(0, end - chunkSize)
      const chunk = Buffer.alloc(end - start)
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, start)
      const bytes = Buffer.concat([chunk.subarray(0, bytesRead), rest])
      // The first line may begin before this chunk.
      const first = start === 0 ? -1 : bytes.indexOf(10)
      rest = start === 0 ? Buffer.alloc(0) : bytes.subarray(0, first < 0 ? bytes.length : first)
      if (rest.length > longestLine) rest = Buffer.alloc(0)
      const whole = start !== 0 && first < 0 ? Buffer.alloc(0) : bytes.subarray(first + 1)
      if (mark === undefined || whole.includes(mark))
        for (const line of splitBytes(whole).reverse())
          if (line.length > 0 && line.length <= longestLine && (mark === undefined || line.includes(mark)))
            yield line.toString('utf8')
      end = start
    }
  } finally {
    await handle.close()
  }
}

function splitBytes(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = []
  let start = 0
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    lines.push(bytes.subarray(start, end))
    start = end + 1
  }
  lines.push(bytes.subarray(start))
  return lines
}
