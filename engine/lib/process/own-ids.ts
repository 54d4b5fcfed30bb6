import { readFileSync } from 'node:fs'

import { EngineError } from '../../errors/index.ts'
import { parseIdMap } from './identity.ts'
import type { IdLines } from './user-namespace.ts'

type IdMapping = IdLines[number]
interface IdMappings {
  uids: IdMapping[]
  gids: IdMapping[]
}

/** The ids that the engine itself has, and what each is where its namespace was made. */
export function ownIds(): IdMappings {
  return { uids: idsIn('/proc/self/uid_map'), gids: idsIn('/proc/self/gid_map') }
}

/** The lines of a map file (user_namespaces(7)). */
export function idsIn(file: string): IdMapping[] {
  return parseIdMap(readFileSync(file, 'utf8')).map(({ inside, outside, size }) => ({
    container_id: inside,
    host_id: outside,
    size,
  }))
}

/** How many ids there are. */
export function countIds(map: readonly IdMapping[]): number {
  return map.reduce((sum, { size }) => sum + size, 0)
}

/**
 * The ranges of an account in /etc/subuid and /etc/subgid (subuid(5)), as ids of a namespace from 0 on.
 *
 * @throws EngineError `SubidMissing`, with podman's message.
 */
export function subordinateIds(names: { uid: string; gid: string }): IdMappings {
  return { uids: rangesOf('/etc/subuid', names.uid, 'uid'), gids: rangesOf('/etc/subgid', names.gid, 'gid') }
}

function rangesOf(file: string, name: string, kind: string): IdMapping[] {
  const ranges: IdMapping[] = []
  let first = 0
  for (const line of textOf(file).split('\n')) {
    const [owner, start, count] = line.trim().split(':')
    if (owner !== name || !/^\d+$/.test(start ?? '') || !/^\d+$/.test(count ?? '')) continue
    ranges.push({ container_id: first, host_id: Number(start), size: Number(count) })
    first += Number(count)
  }
  if (ranges.length > 0) return ranges
  const message = `no sub${kind} ranges found for user ${JSON.stringify(name)} in ${file}: an administrator gives one with 'usermod --add-sub${kind}s FIRST-LAST ${name}', or a line ${name}:FIRST:COUNT`
  throw new EngineError('SubidMissing', message, { details: { user: name, file } })
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
