import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { isAlive } from './process.ts'

/** How often processes that are being started are looked for again. */
const rounds = 10
const pause = 20

/**
 * Kills a process that leads a session, those of its session, and what they have started, as long as they can be told by their parents.
 * Does nothing if the leader, seen as `{pid, startTime}`, is gone: its number may be another's.
 */
export async function killSession(pid: number, startTime: string | null): Promise<void> {
  if (!isAlive(pid, startTime)) return
  const known = new Set([pid])
  for (let round = 0; round < rounds; round += 1) {
    const found = membersOf(pid, known)
    if (found.length === 0) return
    for (const each of found) {
      known.add(each)
      try {
        process.kill(each, 'SIGKILL')
      } catch {
        // Already gone.
      }
    }
    await sleep(pause)
  }
}

/** Living processes of a session, and the children of those that are known. */
function membersOf(session: number, known: ReadonlySet<number>): number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? [])
  const members = new Set(all.filter((each) => each.session === session || known.has(each.pid)).map(({ pid }) => pid))
  for (let size = -1; size !== members.size;) {
    size = members.size
    for (const { pid, parent } of all) if (members.has(parent) || known.has(parent)) members.add(pid)
  }
  return [...members]
}

function statOf(pid: number): { pid: number; parent: number; session: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, parent, , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' || state === 'X' ? undefined : { pid, parent: Number(parent), session: Number(session) }
  } catch {
    return undefined
  }
}
