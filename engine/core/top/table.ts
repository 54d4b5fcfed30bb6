import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

import type { Output } from '../../contract/index.ts'
import { cgroupPaths, processesIn } from '../../lib/cgroup/index.ts'
import { type IdRange, outsideId, parseIdMap } from '../../lib/process/identity.ts'
import type { ContainerRecord } from '../../store/index.ts'
import { readInside } from '../containers/spec/read-inside.ts'
import type { Context } from '../context.ts'
import type { Column, ColumnContext } from './descriptors.ts'
import { namespacePids, pidNamespace, type ProcessFacts, readProcess } from './process.ts'

/** The processes of a running container, one row each. */
export function processTable(context: Context, record: ContainerRecord, columns: readonly Column[]): Output<'container.top'> {
  const columnContext = topContext(record.state.pid)
  return {
    Titles: columns.map(({ title }) => title),
    Processes: topProcesses(context, record).map((process) => columns.map((column) => column.value(process, columnContext))),
  }
}

/** The processes of a running container as they are now. */
export function topProcesses(context: Context, record: ContainerRecord): ProcessFacts[] {
  const level = Math.max(0, namespacePids(record.state.pid).length - 1)
  return pidsOf(context, record)
    .map((each) => readProcess(each, level))
    .filter((process) => process !== null)
}

/** Seconds of CPU time of a process, and when it was started, in milliseconds since the epoch; `now` likewise. */
export function timesOf(
  { userTime, systemTime, startedAt }: ProcessFacts,
  now: number,
  { uptime }: ColumnContext,
): { cpu: number; started: number } {
  return { cpu: userTime + systemTime, started: now - Math.max(0, uptime - startedAt) * 1000 }
}

/** Those of its cgroup; without one of its own, those of its pid namespace. */
function pidsOf(context: Context, { state }: ContainerRecord): number[] {
  const inGroup = state.cgroupPath === '' ? [] : processesIn(cgroupPaths(context.cgroups, state.cgroupPath))
  if (inGroup.length > 0) return inGroup.sort((one, other) => one - other)
  const namespace = pidNamespace(state.pid)
  if (namespace === null || namespace === pidNamespace(process.pid)) return [state.pid]
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  return all.filter((pid) => pidNamespace(pid) === namespace)
}

/** What columns need to know of a container, by its first process. */
export function topContext(pid: number): ColumnContext {
  const root = `/proc/${pid}/root`
  const users = mapOf(`/proc/${pid}/uid_map`, pid)
  const groups = mapOf(`/proc/${pid}/gid_map`, pid)
  const ownUsers = mapOf('/proc/self/uid_map')
  const ownGroups = mapOf('/proc/self/gid_map')
  return {
    names: {
      user: namesIn(root, 'etc/passwd'),
      group: namesIn(root, 'etc/group'),
      hostUser: namesIn('/', 'etc/passwd'),
      hostGroup: namesIn('/', 'etc/group'),
    },
    toInner: { uid: (id) => insideId(users, id), gid: (id) => insideId(groups, id) },
    toHost: { uid: (id) => outsideId(ownUsers, id) ?? id, gid: (id) => outsideId(ownGroups, id) ?? id },
    uptime: Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]),
  }
}

/** An id map; of a process in our own user namespace none, since its ids are ours already. */
function mapOf(file: string, pid?: number): IdRange[] {
  try {
    if (pid !== undefined && readlinkSync(`/proc/${pid}/ns/user`) === readlinkSync('/proc/self/ns/user')) return []
    return parseIdMap(readFileSync(file, 'latin1'))
  } catch {
    return []
  }
}

function insideId(ranges: readonly IdRange[], id: number): number {
  const range = ranges.find(({ outside, size }) => id >= outside && id < outside + size)
  return range ? range.inside + (id - range.outside) : id
}

/** Names by id from a passwd(5) or group(5) file, read without following links out of the root. */
function namesIn(root: string, file: string): Map<number, string> {
  const names = new Map<number, string>()
  let text = ''
  try {
    text = readInside(root, file)
  } catch {
    // The process may be gone, its root not ours to open, or the file none: ids are shown then.
  }
  for (const line of text.split('\n')) {
    const [name, , id] = line.split(':')
    if (name && id && /^\d+$/.test(id) && !names.has(Number(id))) names.set(Number(id), name)
  }
  return names
}
