import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'

/** The account that an agent runs as. */
export interface AgentUser {
  name: string
  fullname: string
  uid: number
  gid: number
  group: string
  groups: string[]
  home: string
  shell: string
}

/** The account of this process, from the password and group files (and the C library where it is in neither). */
export function currentUser(): AgentUser {
  const info = userInfo()
  const groups = groupNames()
  const name = (gid: number): string => groups.get(gid) ?? String(gid)
  const ids = new Set([info.gid, ...(process.getgroups?.() ?? [])])
  return {
    name: info.username,
    fullname: fullName(info.username),
    uid: info.uid,
    gid: info.gid,
    group: name(info.gid),
    groups: [...ids].map(name),
    home: info.homedir,
    shell: info.shell ?? '/bin/sh',
  }
}

function groupNames(): Map<number, string> {
  const names = new Map<number, string>()
  for (const [group, , gid] of records('/etc/group')) if (group !== undefined && gid !== undefined) names.set(Number(gid), group)
  return names
}

function fullName(user: string): string {
  const record = records('/etc/passwd').find(([name]) => name === user)
  return record?.[4]?.split(',')[0] || user
}

function records(file: string): string[][] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
  } catch {
    return []
  }
}
