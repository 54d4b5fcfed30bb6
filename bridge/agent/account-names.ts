import { readFileSync, statSync } from 'node:fs'

/** Names of users and groups by id; an id without a name is returned as it is. */
export interface AccountNames {
  user(uid: number): string | number
  group(gid: number): string | number
}

/** The names in the password and group files, read again when these change. */
export function accountNames(): AccountNames {
  const users = namesIn('/etc/passwd')
  const groups = namesIn('/etc/group')
  return { user: (uid) => users.get(uid) ?? uid, group: (gid) => groups.get(gid) ?? gid }
}

const cache = new Map<string, { changed: number; names: Map<number, string> }>()

function namesIn(file: string): Map<number, string> {
  const changed = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
  const known = cache.get(file)
  if (known?.changed === changed) return known.names
  const names = new Map<number, string>()
  if (changed > 0) {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const [name, , id] = line.split(':')
      if (name && id) names.set(Number(id), name)
    }
  }
  cache.set(file, { changed, names })
  return names
}
