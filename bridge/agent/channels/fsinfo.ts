import { isObject, type Json, type JsonObject, ProblemError, problemOf } from '../../protocol/index.ts'
import { type BigIntStats, type FSWatcher, lstatSync, readdirSync, readlinkSync, statSync, watch } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Payload } from '../channel.ts'
import { fileTag, fileType } from '../file-tag.ts'
import { accountNames } from '../account-names.ts'
import { flagOption, listOption, pathOption, invalid } from './options.ts'

/** Entries of a folder that are listed; beyond it the channel closes with `too-large`. */
const maxEntries = 50_000

/** `fsinfo`: what a path is, as JSON, and with `watch` a merge patch (RFC 7396) whenever that changes. */
export const fsinfo: Payload = (channel) => {
  const path = pathOption(channel.open)
  const attributes = listOption(channel.open, 'attrs')
  if (attributes === undefined) throw invalid('attrs', 'a list of texts')
  const follow = channel.open['follow'] !== false
  let state = describe(path, attributes, follow)
  channel.ready()
  const all = channel.send(JSON.stringify(state))
  if (!flagOption(channel.open, 'watch')) {
    const end = (): void => {
      channel.done()
      channel.close()
    }
    if (all) end()
    else void channel.drained().then(end)
    return {}
  }
  const stop = watchPath(path, () => {
    const next = describe(path, attributes, follow)
    const patch = mergePatch(state, next)
    state = next
    if (patch !== undefined) channel.send(JSON.stringify(patch))
  })
  return { closed: stop }
}

function describe(path: string, attributes: readonly string[], follow: boolean): JsonObject {
  try {
    const stat = follow ? statSync(path, { bigint: true }) : lstatSync(path, { bigint: true })
    const info = attributesOf(path, stat, attributes)
    if (stat.isDirectory()) Object.assign(info, folderOf(path, attributes))
    return { info }
  } catch (error) {
    if (error instanceof ProblemError) throw error
    const errno = isObject(error) || error instanceof Error ? String((error as NodeJS.ErrnoException).code ?? 'EIO') : 'EIO'
    return { error: { problem: problemOf(error), message: error instanceof Error ? error.message : String(error), errno } }
  }
}

function folderOf(path: string, attributes: readonly string[]): JsonObject {
  const folder: JsonObject = {}
  if (!attributes.includes('entries')) return folder
  const names = readdirSync(path)
  if (names.length > maxEntries) throw new ProblemError('too-large', `"${path}" has more than ${maxEntries} entries.`)
  // File names may be those of object properties, such as `__proto__`.
  const entries = Object.create(null) as JsonObject
  const targets = Object.create(null) as JsonObject
  for (const name of names) {
    const file = join(path, name)
    const stat = lstatSync(file, { bigint: true, throwIfNoEntry: false })
    if (stat === undefined) continue
    entries[name] = attributesOf(file, stat, attributes)
    if (!stat.isSymbolicLink() || !attributes.includes('targets')) continue
    const target = statSync(file, { bigint: true, throwIfNoEntry: false })
    if (target !== undefined) targets[readlinkSync(file)] = attributesOf(file, target, attributes)
  }
  folder['entries'] = entries
  if (attributes.includes('targets')) folder['targets'] = targets
  return folder
}

function attributesOf(path: string, stat: BigIntStats, attributes: readonly string[]): JsonObject {
  const names = accountNames()
  const values: Record<string, () => Json | undefined> = {
    type: () => fileType(stat),
    tag: () => fileTag(stat),
    mode: () => Number(stat.mode) & 0o7777,
    size: () => Number(stat.size),
    uid: () => Number(stat.uid),
    gid: () => Number(stat.gid),
    user: () => names.user(Number(stat.uid)),
    group: () => names.group(Number(stat.gid)),
    mtime: () => Number(stat.mtimeNs) / 1e9,
    target: () => (stat.isSymbolicLink() ? readlinkSync(path) : undefined),
  }
  const info: JsonObject = {}
  for (const name of attributes) {
    const value = Object.hasOwn(values, name) ? values[name]!() : undefined
    if (value !== undefined) info[name] = value
  }
  return info
}

/** Calls `changed`, at most every 100 ms, when the path or (for a folder) an entry of it may have changed. */
function watchPath(path: string, changed: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined
      try {
        changed()
      } catch {
        // The path cannot be read at the moment; the next change is reported.
      }
    }, 100)
  }
  const watchers = [tryWatch(dirname(path), (name) => (name === basename(path) ? soon() : undefined)), tryWatch(path, soon)]
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher?.close()
  }
}

function tryWatch(path: string, seen: (name: string | null) => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, (_event, name) => seen(name))
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return undefined
  }
}

/** The merge patch from `before` to `after`, or undefined where nothing changed. */
export function mergePatch(before: JsonObject, after: JsonObject): JsonObject | undefined {
  const patch = Object.create(null) as JsonObject
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [ownValue(before, key), ownValue(after, key)]
    if (now === undefined) patch[key] = null
    else if (isObject(old) && isObject(now)) {
      const inner = mergePatch(old, now)
      if (inner !== undefined) patch[key] = inner
    } else if (JSON.stringify(old) !== JSON.stringify(now)) patch[key] = now
  }
  return Object.keys(patch).length > 0 ? patch : undefined
}

const ownValue = (object: JsonObject, key: string): Json | undefined => (Object.hasOwn(object, key) ? object[key] : undefined)
