import { constants, statSync, watch } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { matcher } from './query.ts'
import { type AuditView, filesOf } from './read.ts'
import { type AuditRecord, parseRecord } from './record.ts'

const chunkSize = 64 * 1024

/** Milliseconds between looks at a folder that is not there yet. */
const absent = 1000

/** How far a file was read. */
interface Place {
  handle: FileHandle
  inode: number
  offset: number
}

/** Records that match and are written from now on, until the signal. A slow reader delays only itself. */
export async function* follow(
  view: AuditView,
  filters: Record<string, string[]>,
  signal: AbortSignal,
): AsyncGenerator<AuditRecord, void, undefined> {
  const matches = matcher({ filters })
  const places = new Map<string, Place>()
  const changes = watchFolder(view.folder, signal)
  try {
    for (const names of filesOf(view)) {
      const place = await openPlace(names[0]!, true)
      if (place !== undefined) places.set(baseOf(names), place)
    }
    while (!signal.aborted) {
      for (const names of filesOf(view))
        for await (const line of newLines(view, places, baseOf(names))) {
          const record = parseRecord(line)
          if (record !== undefined && (view.uid === undefined || record.uid === view.uid) && matches(record)) yield record
        }
      await changes.next()
    }
  } finally {
    changes.close()
    for (const { handle } of places.values()) await handle.close()
  }
}

/** The name that a file has while it is written, of it and its older ones. */
const baseOf = (names: readonly string[]): string => names[0]!.replace(/\.\d+$/, '')

/** Lines that a file got, and all that came after it, however often it was rotated. */
async function* newLines(view: AuditView, places: Map<string, Place>, base: string): AsyncGenerator<string, void, undefined> {
  for (;;) {
    const known = places.get(base)
    if (known !== undefined) yield* readOn(known)
    const next = await placeAfter(view, base, known)
    if (next === undefined) return
    // A process that had it open may have written to it after it was renamed.
    if (known !== undefined) yield* readOn(known)
    await known?.handle.close()
    places.set(base, next)
  }
}

/** The file after `known`, or the oldest one. */
async function placeAfter(view: AuditView, base: string, known: Place | undefined): Promise<Place | undefined> {
  for (;;) {
    const names = filesOf(view).find((each) => baseOf(each) === base) ?? []
    const index = known === undefined ? names.length : names.findIndex((name) => inodeOf(name) === known.inode)
    if (index === 0) return undefined
    const place = names.length === 0 ? undefined : await openPlace(names.at(index < 0 ? -1 : index - 1)!, false)
    if (place === undefined || index < 0 || known === undefined || inodeOf(names[index]!) === known.inode) return place
    // Rotated in between: the name meant another file already.
    await place.handle.close()
  }
}

const inodeOf = (name: string): number | undefined => statSync(name, { throwIfNoEntry: false })?.ino

async function openPlace(name: string, atEnd: boolean): Promise<Place | undefined> {
  const handle = await open(name, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => undefined)
  if (handle === undefined) return undefined
  const { ino, size } = await handle.stat()
  return { handle, inode: ino, offset: atEnd ? size : 0 }
}

async function* readOn(place: Place): AsyncGenerator<string, void, undefined> {
  const chunk = Buffer.alloc(chunkSize)
  for (;;) {
    const { bytesRead } = await place.handle.read(chunk, 0, chunk.length, place.offset)
    if (bytesRead === 0) return
    // Cut after a whole line, since a character may be cut elsewhere.
    const end = chunk.lastIndexOf(10, bytesRead - 1) + 1
    if (end === 0 && bytesRead < chunk.length) return
    place.offset += end === 0 ? bytesRead : end
    for (const line of chunk.toString('utf8', 0, end).split('\n')) if (line !== '') yield line
  }
}

/** Watches a folder for changes, also before it exists; changes while nobody waits count as one. */
function watchFolder(folder: string, signal: AbortSignal): { next(): Promise<void>; close(): void } {
  let changed = false
  let wake = (): void => {}
  const notify = (): void => {
    changed = true
    wake()
  }
  let stop = (): void => {}
  const begin = (): void => {
    try {
      const watcher = watch(folder, notify)
      watcher.on('error', notify)
      stop = () => watcher.close()
    } catch {
      const timer = setTimeout(() => {
        begin()
        notify()
      }, absent)
      stop = () => clearTimeout(timer)
    }
  }
  begin()
  signal.addEventListener('abort', notify, { once: true })
  return {
    next: async () => {
      if (!changed && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve))
      changed = false
    },
    close: () => {
      stop()
      signal.removeEventListener('abort', notify)
    },
  }
}
