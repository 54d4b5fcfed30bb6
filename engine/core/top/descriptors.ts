import { formatDuration } from '../../spec/duration.ts'
import { capabilityText } from './capabilities.ts'
import type { ProcessFacts } from './process.ts'
import { terminalName } from './terminal.ts'

/** What columns need besides the process itself. */
export interface ColumnContext {
  /** Names by id, from the container's and from the host's files. */
  names: {
    user: ReadonlyMap<number, string>
    group: ReadonlyMap<number, string>
    hostUser: ReadonlyMap<number, string>
    hostGroup: ReadonlyMap<number, string>
  }
  /** The id inside the container's user namespace. */
  toInner: { uid: (id: number) => number; gid: (id: number) => number }
  /** The id on the host. */
  toHost: { uid: (id: number) => number; gid: (id: number) => number }
  /** Seconds since boot. */
  uptime: number
}

export interface Column {
  title: string
  value(process: ProcessFacts, context: ColumnContext): string
}

type Ids = 'uids' | 'gids'

const named = (names: ReadonlyMap<number, string>, id: number): string => names.get(id) ?? String(id)
const elapsed = (process: ProcessFacts, { uptime }: ColumnContext): number => Math.max(0, uptime - process.startedAt)
const cpuTime = ({ userTime, systemTime }: ProcessFacts): number => userTime + systemTime
const caps = (title: string, key: string): Column => ({ title, value: ({ status }) => capabilityText(status.get(key)) })
const modes = ['disabled', 'strict', 'filter']

function innerName(title: string, ids: Ids, which: number): Column {
  return {
    title,
    value: (process, { names, toInner }) => {
      const id = process[ids][which] ?? 0
      return ids === 'uids' ? named(names.user, toInner.uid(id)) : named(names.group, toInner.gid(id))
    },
  }
}

/** psgo's descriptors, which podman's top documents, in its words. */
export const columns: Readonly<Record<string, Column>> = {
  args: { title: 'COMMAND', value: ({ argv, command }) => (argv.length > 0 ? argv.join(' ') : `[${command}]`) },
  capamb: caps('AMBIENT CAPS', 'CapAmb'),
  capbnd: caps('BOUNDING CAPS', 'CapBnd'),
  capeff: caps('EFFECTIVE CAPS', 'CapEff'),
  capinh: caps('INHERITED CAPS', 'CapInh'),
  capprm: caps('PERMITTED CAPS', 'CapPrm'),
  comm: { title: 'COMMAND', value: ({ command }) => command },
  etime: { title: 'ELAPSED', value: (process, context) => formatDuration(Math.round(elapsed(process, context) * 1e9)) },
  group: innerName('GROUP', 'gids', 1),
  groups: {
    title: 'GROUPS',
    value: ({ groups }, { names, toInner }) => groups.map((id) => named(names.group, toInner.gid(id))).join(','),
  },
  hgroup: { title: 'HGROUP', value: ({ gids }, { names, toHost }) => named(names.hostGroup, toHost.gid(gids[1] ?? 0)) },
  hgroups: {
    title: 'HGROUPS',
    value: ({ groups }, { names, toHost }) => groups.map((id) => named(names.hostGroup, toHost.gid(id))).join(','),
  },
  hpid: { title: 'HPID', value: ({ pid }) => String(pid) },
  huid: { title: 'HUID', value: ({ uids }, { toHost }) => String(toHost.uid(uids[1] ?? 0)) },
  huser: { title: 'HUSER', value: ({ uids }, { names, toHost }) => named(names.hostUser, toHost.uid(uids[1] ?? 0)) },
  label: { title: 'LABEL', value: ({ label }) => label || '?' },
  nice: { title: 'NI', value: ({ nice }) => String(nice) },
  pcpu: {
    title: '%CPU',
    value: (process, context) =>
      (elapsed(process, context) > 0 ? (cpuTime(process) / elapsed(process, context)) * 100 : 0).toFixed(3),
  },
  pgid: { title: 'PGID', value: ({ innerGroup }) => innerGroup },
  pid: { title: 'PID', value: ({ innerPid }) => innerPid },
  ppid: { title: 'PPID', value: ({ innerParent }) => innerParent },
  rgroup: innerName('RGROUP', 'gids', 0),
  rss: { title: 'RSS', value: ({ residentSize }) => String(Math.round(residentSize)) },
  ruser: innerName('RUSER', 'uids', 0),
  seccomp: { title: 'SECCOMP', value: ({ status }) => modes[Number(status.get('Seccomp') ?? 0)] ?? '?' },
  state: { title: 'STATE', value: ({ state }) => state },
  stime: {
    title: 'STIME',
    value: (process, context) =>
      new Date(Date.now() - elapsed(process, context) * 1000).toISOString().slice(0, 19).replace('T', ' '),
  },
  time: { title: 'TIME', value: (process) => formatDuration(Math.floor(cpuTime(process)) * 1e9) },
  tty: { title: 'TTY', value: ({ tty }) => terminalName(tty) },
  uid: { title: 'UID', value: ({ uids }, { toInner }) => String(toInner.uid(uids[1] ?? 0)) },
  user: innerName('USER', 'uids', 1),
  vsz: { title: 'VSZ', value: ({ virtualSize }) => String(Math.round(virtualSize)) },
}

/** ps(1)'s AIX codes. */
const codes: Record<string, string> = {
  '%C': 'pcpu',
  '%G': 'group',
  '%P': 'ppid',
  '%U': 'user',
  '%a': 'args',
  '%c': 'comm',
  '%g': 'rgroup',
  '%n': 'nice',
  '%p': 'pid',
  '%r': 'pgid',
  '%t': 'etime',
  '%u': 'ruser',
  '%x': 'time',
  '%y': 'tty',
  '%z': 'vsz',
}

/** Other names that ps(1) gives the same things. */
const synonyms: Record<string, string> = {
  cmd: 'args',
  command: 'args',
  ucmd: 'comm',
  euser: 'user',
  egroup: 'group',
  euid: 'uid',
  ni: 'nice',
  '%cpu': 'pcpu',
  cputime: 'time',
  rssize: 'rss',
  s: 'state',
  stat: 'state',
  tname: 'tty',
  tt: 'tty',
  vsize: 'vsz',
}

/** The column of a descriptor, or `undefined`. */
export function columnOf(descriptor: string): Column | undefined {
  const name = codes[descriptor] ?? synonyms[descriptor.toLowerCase()] ?? descriptor.toLowerCase()
  return Object.hasOwn(columns, name) ? columns[name] : undefined
}
