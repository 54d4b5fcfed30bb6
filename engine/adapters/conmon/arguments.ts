import type { Runtime } from '../runtime.ts'
import type { ScopeRequest } from '../systemd.ts'

/** Where the container's output goes besides attached clients. */
export type MonitorLog =
  | { driver: 'k8s-file'; path: string; maxBytes?: number; tag?: string }
  | { driver: 'journald'; tag?: string }
  | { driver: 'none' }
  | { driver: 'passthrough' }

/** Options of a container's and an exec session's monitor. */
export interface MonitorOptions {
  /** The container's id. */
  id: string
  name?: string
  runtime: Runtime
  /** The folder of config.json, or an exec session's own folder; the attach socket and `ctl` appear in it. */
  bundle: string
  /** Where the process's pid is written (by the runtime), and the monitor's own. */
  pidFile: string
  conmonPidFile: string
  /** Where the file with the exit status appears, named by the container's id. Must exist. */
  exitDir: string
  /** The runtime's error log of this call; removed by the caller with the bundle. */
  ociLog: string
  log: MonitorLog
  terminal?: boolean
  /** Keeps a pipe to the process's stdin. */
  stdin?: boolean
  /** Does not close stdin when the first attached client goes. */
  leaveStdinOpen?: boolean
  /** Open descriptors of this process, from 3 on, that the process gets under the same numbers. */
  preserved?: readonly number[] | undefined
  /** Run by the monitor once the process has ended: program and arguments. */
  exitCommand: readonly string[]
  /** Seconds until the monitor runs the exit command. */
  exitDelay?: number
  /** Seconds until the monitor kills the process; for ever when absent. */
  timeout?: number
  /** Variables for the monitor and so for the exit command, besides PATH, HOME, LANG, XDG_RUNTIME_DIR and the bus. */
  environment?: Record<string, string>
  /** `cgroup.procs` files into which the monitor is put before it does anything: without systemd. */
  cgroupProcs?: readonly string[]
  /** A systemd scope of its own for the monitor, from `monitorScope` (adapters/systemd.ts). */
  scope?: Omit<ScopeRequest, 'pid' | 'description'>
  signal?: AbortSignal
}

/** conmon's command line for {@link MonitorOptions}; `session` is the unit id, the container's own unless it is an exec session. */
export function monitorArguments(options: MonitorOptions, session: string): string[] {
  const { runtime } = options
  const args = [
    '--api-version',
    '1',
    '-c',
    options.id,
    '-u',
    session,
    '-r',
    runtime.program,
    '-b',
    options.bundle,
    '-p',
    options.pidFile,
  ]
  if (options.name) args.push('-n', options.name)
  args.push('--exit-dir', options.exitDir, '--full-attach', '--log-level', 'error', '--conmon-pidfile', options.conmonPidFile)
  if (runtime.cgroupManager === 'systemd') args.push('-s')
  args.push(...logArguments(options.log))
  for (const argument of ['--log-format=json', '--log', options.ociLog, ...runtime.globalArguments])
    args.push(`--runtime-arg=${argument}`)
  // With both, conmon would close a terminal's input when the first client that attached to it goes.
  if (options.terminal) args.push('-t')
  else if (options.stdin) args.push('-i')
  if (options.leaveStdinOpen) args.push('--leave-stdin-open')
  if (options.preserved?.length) args.push(`--runtime-opt=--preserve-fds=${Math.max(...options.preserved) - 2}`)
  if (options.timeout !== undefined) args.push(`--timeout=${options.timeout}`)
  if (options.exitDelay !== undefined) args.push(`--exit-delay=${options.exitDelay}`)
  const [exitProgram, ...exitArguments] = options.exitCommand
  if (exitProgram)
    args.push(`--exit-command=${exitProgram}`, ...exitArguments.map((argument) => `--exit-command-arg=${argument}`))
  return args
}

function logArguments(log: MonitorLog): string[] {
  switch (log.driver) {
    case 'k8s-file': {
      const size = log.maxBytes === undefined ? [] : [`--log-size-max=${log.maxBytes}`]
      return [`--log-path=k8s-file:${log.path}`, ...size, ...tagArguments(log.tag)]
    }
    case 'journald':
      return ['--log-path=journald', ...tagArguments(log.tag)]
    default:
      return [`--log-path=${log.driver}`]
  }
}

function tagArguments(tag: string | undefined): string[] {
  return tag === undefined ? [] : [`--log-tag=${tag}`]
}
