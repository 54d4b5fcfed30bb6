import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { OwnTree } from '../lib/files/own-tree.ts'
import { type HeldProcess, holdProcess } from '../lib/sys/index.ts'

// The process that holds a user's namespaces, for root. Its record is the user's own file, and so only a hint.

/** Bytes of a record: a process number and a start time. */
const maxRecord = 64

/** Milliseconds to wait for a user's last processes. */
const endTimeout = 3_000

const sigkill = 9

/** Whether the user's only process is the one that holds their namespaces; waits a while for the others to exit. */
export async function onlyPauseRuns(uid: number, runtimes: string): Promise<boolean> {
  for (const end = Date.now() + endTimeout; ;) {
    const pause = pausePid(uid, runtimes)
    if (processesOf(uid).every((pid) => pid === pause)) return true
    if (Date.now() > end) return false
    await sleep(50)
  }
}

/** Ends it, if there is one, and waits for its end. */
export async function endPause(uid: number, runtimes: string): Promise<void> {
  using pause = openPause(uid, runtimes)
  if (pause?.signal(sigkill) !== true) return
  for (const end = Date.now() + endTimeout; isRunning(pause) && Date.now() < end;) await sleep(10)
}

function pausePid(uid: number, runtimes: string): number | undefined {
  using pause = openPause(uid, runtimes)
  return pause?.pid
}

/**
 * The process that the record below the user's runtime folder names, if all of its ids are the user's and it started when the
 * record says. The caller disposes of it.
 */
function openPause(uid: number, runtimes: string): HeldProcess | undefined {
  using folder = OwnTree.open(runtimes, String(uid), uid)
  const [, pid, start] = /^(\d{1,9}) (\d{1,20})\n?$/.exec(folder?.readFile('berth/pause', maxRecord) ?? '') ?? []
  if (pid === undefined || start === undefined || Number(pid) < 2) return undefined
  const held = holdProcess(Number(pid))
  if (held === undefined || (isOf(held, uid) && startTime(held) === start)) return held
  held[Symbol.dispose]()
  return undefined
}

/** Real, effective, saved and file system id: a set-user-id program that a user started is not only the user's. */
function isOf(held: HeldProcess, uid: number): boolean {
  return new RegExp(`^Uid:\\s+${uid}\\s+${uid}\\s+${uid}\\s+${uid}$`, 'm').test(held.read('status') ?? '')
}

/** Field 22 of proc_pid_stat(5). */
function startTime(held: HeldProcess): string | undefined {
  const stat = held.read('stat') ?? ''
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
}

/** A zombie does not run any more. */
function isRunning(held: HeldProcess): boolean {
  const status = held.read('status')
  return status !== undefined && !ended.test(status)
}

const ended = /^State:\s+[ZX]/m

function processesOf(uid: number): number[] {
  const found: number[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const status = readFileSync(`/proc/${name}/status`, 'latin1')
      if (new RegExp(`^Uid:.*\\s${uid}(\\s|$)`, 'm').test(status) && !ended.test(status)) found.push(Number(name))
    } catch {
      // It ended meanwhile.
    }
  }
  return found
}
