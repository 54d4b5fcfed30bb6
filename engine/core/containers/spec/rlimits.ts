import { readFileSync } from 'node:fs'

import { type Ulimit, ulimitName } from '../../../spec/ulimit.ts'

const kernelNames: Record<string, string> = {
  'Max cpu time': 'RLIMIT_CPU',
  'Max file size': 'RLIMIT_FSIZE',
  'Max data size': 'RLIMIT_DATA',
  'Max stack size': 'RLIMIT_STACK',
  'Max core file size': 'RLIMIT_CORE',
  'Max resident set': 'RLIMIT_RSS',
  'Max processes': 'RLIMIT_NPROC',
  'Max open files': 'RLIMIT_NOFILE',
  'Max locked memory': 'RLIMIT_MEMLOCK',
  'Max address space': 'RLIMIT_AS',
  'Max file locks': 'RLIMIT_LOCKS',
  'Max pending signals': 'RLIMIT_SIGPENDING',
  'Max msgqueue size': 'RLIMIT_MSGQUEUE',
  'Max nice priority': 'RLIMIT_NICE',
  'Max realtime priority': 'RLIMIT_RTPRIO',
  'Max realtime timeout': 'RLIMIT_RTTIME',
}
const wanted = 1_048_576

/** RLIM_INFINITY, as JSON.parse reads 2^64 - 1. */
export const unlimited = 2 ** 64

/** This process's hard limits by their RLIMIT names (proc_pid_limits(5)); what is unlimited is left out. */
export function ownHardLimits(text = readFileSync('/proc/self/limits', 'utf8')): Map<string, number> {
  const found = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [, label, , hard] = /^(Max [a-z ]+?)\s{2,}(\S+)\s+(\S+)/.exec(line) ?? []
    const name = label === undefined ? undefined : kernelNames[label]
    if (name && hard && /^\d+$/.test(hard)) found.set(name, Number(hard))
  }
  return found
}

/**
 * The limits for a container: those asked for, and podman's defaults for open files and processes, no higher than this
 * process may set: raising a hard limit needs CAP_SYS_RESOURCE, without which runtimes fail.
 */
export function containerRlimits(asked: readonly Ulimit[], mayRaise: boolean, own = ownHardLimits()): Ulimit[] {
  const all = new Map<string, Ulimit>()
  for (const type of ['RLIMIT_NOFILE', 'RLIMIT_NPROC']) all.set(type, { type, hard: wanted, soft: wanted })
  for (const { type, hard, soft } of asked) {
    const name = `RLIMIT_${ulimitName(type)}`
    all.set(name, {
      type: name,
      hard: hard < 0 ? unlimited : hard,
      soft: soft < 0 ? unlimited : soft,
    })
  }
  return [...all.values()].map(({ type, hard, soft }) => {
    const most = mayRaise ? unlimited : (own.get(type) ?? unlimited)
    return { type, hard: Math.min(hard, most), soft: Math.min(soft, hard, most) }
  })
}
