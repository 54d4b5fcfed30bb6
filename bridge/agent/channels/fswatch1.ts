import { ProblemError } from '../../protocol/index.ts'
import { lstatSync, statSync, watch } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Payload } from '../channel.ts'
import { fileTag } from '../file-tag.ts'
import { pathOption } from './options.ts'

/** `fswatch1`: a message whenever a file, or an entry of a folder, changes. Superseded by fsinfo. */
export const fswatch1: Payload = (channel) => {
  const path = pathOption(channel.open)
  const folder = isFolder(path)
  const watched = folder ? path : dirname(path)
  const only = folder ? undefined : basename(path)
  const known = new Map<string, string>()
  const watcher = watch(watched, (_event, name) => {
    if (name === null || (only !== undefined && name !== only)) return
    report(join(watched, name))
  })
  const report = (file: string): void => {
    const tag = currentTag(file)
    const event = tag === '-' ? 'deleted' : known.has(file) ? 'changed' : 'created'
    if (tag === '-') known.delete(file)
    else if (known.size < 65_536) known.set(file, tag)
    channel.send(JSON.stringify({ event, path: file, tag, type: event === 'created' ? kind(file) : null }))
  }
  watcher.once('error', (error) => {
    watcher.close()
    const { problem, message } = ProblemError.from(error)
    channel.close({ problem, message })
  })
  channel.ready()
  if (!folder && currentTag(path) !== '-') report(path)
  return { closed: () => watcher.close() }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function currentTag(path: string): string {
  const stat = lstatSync(path, { throwIfNoEntry: false, bigint: true })
  return stat === undefined ? '-' : fileTag(stat)
}

function kind(path: string): string {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  return stat?.isDirectory() ? 'directory' : stat?.isSymbolicLink() ? 'link' : stat?.isFile() ? 'file' : 'special'
}
