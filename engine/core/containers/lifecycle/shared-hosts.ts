import { writeFileSync } from 'node:fs'

import { readPlain } from '../../../lib/files/plain-file.ts'
import { withLock } from '../../../lib/lock.ts'
import type { ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { containerPaths } from '../../paths.ts'

/** A line of hosts(5) for who shares another container's network: it is found at their common loopback. */
function lineOf({ config, name, id }: ContainerRecord): string {
  const hasHostname = config.namespaces.uts.mode === 'private'
  const names = hasHostname ? [config.hostname || id.slice(0, 12), name] : [name]
  return `127.0.0.1\t${[...new Set(names)].join(' ')}`
}

/** The container whose network this one shares, whose hosts file is therefore its own, too. */
function ownerOf({ config: { namespaces, spec } }: ContainerRecord): string | undefined {
  const { mode, value } = namespaces.net
  return (mode === 'pod' || mode === 'container') && value && !spec.use_image_hosts ? value : undefined
}

/** Bytes of a hosts file that is read: who runs in the container may have written whatever there is room for. */
const maxHosts = 256 * 1024

/** The text of a container's hosts file; undefined where there is none, or one that no longer is what was written for it. */
export function writtenHosts(file: string): string | undefined {
  try {
    return readPlain(file, maxHosts).toString()
  } catch {
    return undefined
  }
}

/** Adds a container's names to the hosts file that it shares; those who share a network find each other by name, as podman's do. */
export function nameInSharedHosts(context: Context, record: ContainerRecord): Promise<void> {
  const line = lineOf(record)
  return change(context, record, (lines) => (lines.includes(line) ? lines : [...lines, line]))
}

/** Undoes {@link nameInSharedHosts}. Idempotent. */
export function forgetInSharedHosts(context: Context, record: ContainerRecord): Promise<void> {
  const line = lineOf(record)
  return change(context, record, (lines) => lines.filter((each) => each !== line))
}

/** The names that those who share a file have added to it, as the file is written again. */
export function sharedNames(before: string, after: string): string {
  const known = new Set(after.split('\n'))
  const added = before.split('\n').filter((line) => line.startsWith('127.0.0.1\t') && !known.has(line))
  return added.map((line) => `${line}\n`).join('')
}

async function change(context: Context, record: ContainerRecord, edit: (lines: string[]) => string[]): Promise<void> {
  const owner = ownerOf(record)
  if (owner === undefined) return
  const { hosts } = containerPaths(context, owner)
  const work = () => {
    const before = writtenHosts(hosts)?.split('\n').slice(0, -1)
    if (before === undefined) return
    const after = edit(before)
    // The same file, not another: it is mounted. Its owner stays.
    if (after.length !== before.length) writeFileSync(hosts, after.map((line) => `${line}\n`).join(''))
  }
  await withLock(context.lockFile('network', `hosts-${owner}`), work, { transient: true })
}
