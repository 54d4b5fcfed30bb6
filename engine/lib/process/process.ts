import { closeSync, openSync, readFileSync, readSync } from 'node:fs'

/** What identifies a process beyond its number, which the kernel uses again. */
export interface ProcessRef {
  pid: number
  /** As {@link processStartTime} gave it. */
  startTime: string
}

/**
 * When process `pid` started, in clock ticks since boot: field 22 of /proc/PID/stat (proc_pid_stat(5)), as text.
 *
 * @returns `null` if there is no such process, or it is dead and only waits for its parent.
 */
export function processStartTime(pid: number): string | null {
  const fields = statFields(pid)
  if (!fields || fields[0] === 'Z' || fields[0] === 'X') return null
  return fields[19] ?? null
}

/** Whether the process that was seen as `{pid, startTime}` still runs; without a start time, any of that number. */
export function isAlive(pid: number, startTime?: string | null): boolean {
  const now = processStartTime(pid)
  return now !== null && (startTime === undefined || startTime === null || now === startTime)
}

/** Of `flags` and `signal` in proc_pid_stat(5): it has begun to exit; SIGKILL was sent to it. */
const exiting = 0x4
const killed = 1 << 8

/**
 * Whether a process is gone or will be in a moment, whatever it does: it is dead, it exits, or it was sent SIGKILL. One that is frozen
 * takes its signal when it is thawed.
 */
export function isEnding(pid: number, startTime?: string | null): boolean {
  const fields = statFields(pid)
  if (!fields || fields[0] === 'Z' || fields[0] === 'X') return true
  if (startTime !== undefined && startTime !== null && fields[19] !== startTime) return true
  return (Number(fields[6]) & exiting) !== 0 || (Number(fields[28]) & killed) !== 0
}

/** The command name of a process (at most 15 bytes), or `null` if there is none. */
export function processName(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd()
  } catch {
    return null
  }
}

let boot: string | undefined

/** The kernel's random id of this boot. Mounts, processes and locks of another boot are gone. */
export function bootId(): string {
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return boot
}

const buffer = Buffer.alloc(4096)

/** Without asking for a size, which files of /proc do not have. */
function readStat(pid: number): string {
  const fd = openSync(`/proc/${pid}/stat`, 'r')
  try {
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, 0))
  } finally {
    closeSync(fd)
  }
}

// The command name is in parentheses and may itself hold spaces and parentheses.
function statFields(pid: number): string[] | null {
  if (!Number.isInteger(pid) || pid <= 0) return null
  try {
    const stat = readStat(pid)
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}
