import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { end, eventually, must } from '../support/processes.ts'

/** A container engine under measurement, with a store of its own. */
export interface Subject {
  readonly name: string
  readonly folder: string
  /** The program with the flags that choose its store. */
  readonly argv: readonly string[]
  readonly env: Record<string, string>
  run(...args: string[]): Promise<string>
  /** Starts its API service on a socket, with more in its environment. */
  serve(extra?: Record<string, string>): Promise<{ socket: string; child: ChildProcess; stop(): Promise<void> }>
}

/** crun refuses hosts with both kinds of cgroups. */
const hybrid = !existsSync('/sys/fs/cgroup/cgroup.controllers')

/** Both engines, each with a store of its own below `folder`. */
export function subjects(launcher: string, folder: string, registriesConf: string): [Subject, Subject] {
  const podmanFlags = ['--events-backend', 'file', ...(hybrid ? ['--runtime', 'runc', '--cgroup-manager', 'cgroupfs'] : [])]
  return [
    subject('berth', join(folder, 'berth'), [launcher], [], registriesConf),
    subject('podman', join(folder, 'podman'), ['podman'], podmanFlags, registriesConf),
  ]
}

function subject(name: string, folder: string, program: string[], flags: string[], registriesConf: string): Subject {
  const argv = [...program, '--root', join(folder, 'store'), '--runroot', join(folder, 'run'), ...flags]
  const env = {
    PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    CONTAINERS_REGISTRIES_CONF: registriesConf,
    PODMAN_IGNORE_CGROUPSV1_WARNING: '1',
  }
  const call = (...args: string[]) => must(argv[0]!, [...argv.slice(1), ...args], { env, timeout: 300_000 })
  return {
    name,
    folder,
    argv,
    env,
    run: call,
    serve: async (extra = {}) => {
      const socket = join(folder, 'api.sock')
      rmSync(socket, { force: true })
      const child = spawn(argv[0]!, [...argv.slice(1), 'system', 'service', '--time', '0', `unix://${socket}`], {
        env: { ...env, ...extra },
        stdio: 'ignore',
      })
      await eventually(`the socket of ${name}`, () => existsSync(socket))
      return { socket, child, stop: () => end(child) }
    },
  }
}

/** Memory of a process and of those it started, in MiB. PSS shares what is shared. A process that has ended has none. */
export function memoryOf(pid: number): { rss: number; pss: number } {
  const total = { rss: 0, pss: 0 }
  for (const each of family(pid)) {
    const text = readOr(`/proc/${each}/smaps_rollup`)
    const kilobytes = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0)
    total.rss += kilobytes('Rss') / 1024
    total.pss += kilobytes('Pss') / 1024
  }
  return total
}

function family(pid: number): number[] {
  const children = threads(pid).flatMap((thread) =>
    readOr(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap(family)]
}

function threads(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
