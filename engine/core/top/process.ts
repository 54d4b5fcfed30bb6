import { readFileSync, readlinkSync } from 'node:fs'

/** A process as /proc shows it (proc_pid_stat(5), proc_pid_status(5)). Times are seconds, sizes KiB. */
export interface ProcessFacts {
  /** On the host, or wherever this program runs. */
  pid: number
  /** Inside the container's pid namespace. */
  innerPid: string
  innerParent: string
  innerGroup: string
  command: string
  argv: string[]
  state: string
  tty: number
  nice: number
  userTime: number
  systemTime: number
  /** Since boot. */
  startedAt: number
  virtualSize: number
  residentSize: number
  /** Real, effective, saved and file system id. */
  uids: number[]
  gids: number[]
  groups: number[]
  /** CapInh, CapPrm, CapEff, CapBnd, CapAmb and Seccomp, as they stand there. */
  status: ReadonlyMap<string, string>
  /** The security label, empty without one. */
  label: string
}

/** Jiffies a second as /proc counts them, on every Linux that Node runs on. */
const ticksPerSecond = 100
const pageKiB = 4
const longestCommand = 65_536

/** What /proc says of a process, or `null` if it is gone. `level` is how many pid namespaces are above the container's. */
export function readProcess(pid: number, level: number): ProcessFacts | null {
  try {
    return toFacts(
      pid,
      level,
      readFileSync(`/proc/${pid}/stat`, 'utf8'),
      readFileSync(`/proc/${pid}/status`, 'utf8'),
      readCommandLine(pid),
      readLabel(pid),
    )
  } catch {
    return null
  }
}

function toFacts(pid: number, level: number, stat: string, statusText: string, argv: string[], label: string): ProcessFacts {
  // The command name is in parentheses and may itself hold spaces and parentheses.
  const command = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const field = (number: number): number => Number(fields[number - 3] ?? 0)
  const status = new Map(
    statusText.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  )
  const numbers = (key: string): number[] => (status.get(key) ?? '').split(/\s+/).filter(Boolean).map(Number)
  const inner = (key: string): string => String(numbers(key)[level] ?? 0)
  return {
    pid,
    innerPid: inner('NSpid'),
    innerParent: innerParent(field(4), level),
    innerGroup: inner('NSpgid'),
    command,
    argv,
    state: fields[0] ?? '?',
    tty: field(7),
    nice: field(19),
    userTime: field(14) / ticksPerSecond,
    systemTime: field(15) / ticksPerSecond,
    startedAt: field(22) / ticksPerSecond,
    virtualSize: field(23) / 1024,
    residentSize: field(24) * pageKiB,
    uids: numbers('Uid'),
    gids: numbers('Gid'),
    groups: numbers('Groups'),
    status,
    label,
  }
}

/** 0 for a parent outside the namespace, as the process itself sees it. */
function innerParent(parent: number, level: number): string {
  return parent > 0 ? String(namespacePids(parent)[level] ?? 0) : '0'
}

/** The ids of a process from our pid namespace down to its own; empty if it is gone. */
export function namespacePids(pid: number): number[] {
  try {
    const line = /^NSpid:(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? ''
    return line.trim().split(/\s+/).map(Number)
  } catch {
    return []
  }
}

/** The pid namespace of a process, for comparison; `null` if it is gone or not ours to see. */
export function pidNamespace(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`)
  } catch {
    return null
  }
}

function readCommandLine(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8').slice(0, longestCommand)
  return text === '' ? [] : text.replace(/\0$/, '').split('\0')
}

function readLabel(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/attr/current`, 'utf8').replace(/[\0\n]+$/, '')
  } catch {
    return ''
  }
}
