import { type CgroupPaths, processesIn } from '../lib/cgroup/index.ts'
import { readSmallFile } from '../lib/cgroup/small-file.ts'

/** What the processes of a container tell, to anyone on the host. */
export interface ProcessFacts {
  /** A process of the container. */
  pid: number
  /** The container's name as its monitor was started with; undefined while no monitor is its parent. */
  name?: string
}

/** Processes that are looked at: an exec session's has another monitor. */
const maxProcesses = 20

/** The name is an option of conmon's command line (`-c ID … -n NAME`), which every user may read. */
export function processFacts(paths: CgroupPaths, id: string, procRoot = '/proc'): ProcessFacts | undefined {
  const pids = processesIn(paths).slice(0, maxProcesses)
  for (const pid of pids) {
    const parent = parentOf(`${procRoot}/${pid}/stat`)
    const name = parent === undefined ? undefined : monitorName(readSmallFile(`${procRoot}/${parent}/cmdline`), id)
    if (name !== undefined) return { pid, name }
  }
  return pids[0] === undefined ? undefined : { pid: pids[0] }
}

/** The name in a conmon's command line, whose words end with NUL; undefined for another program or another container's. */
export function monitorName(commandLine: string | undefined, id: string): string | undefined {
  const words = Buffer.from(commandLine ?? '', 'latin1')
    .toString('utf8')
    .split('\0')
  if (words[0]?.split('/').at(-1) !== 'conmon') return undefined
  const after = (flag: string): string | undefined => {
    const at = words.indexOf(flag)
    return at === -1 ? undefined : words[at + 1]
  }
  return after('-c') === id ? after('-n') : undefined
}

/** The fourth field of proc_pid_stat(5), after a name that may hold anything. */
function parentOf(file: string): number | undefined {
  const text = readSmallFile(file)
  const parent = Number(text?.slice(text.lastIndexOf(')') + 2).split(' ')[1])
  return Number.isInteger(parent) && parent > 0 ? parent : undefined
}
