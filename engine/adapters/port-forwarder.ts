import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { EngineError } from '../errors/index.ts'
import { plainEnvironment, requireProgram } from '../lib/process/exec.ts'
import { isAlive, processStartTime } from '../lib/process/process.ts'
import type { PortMapping } from '../lib/host/port-reservation.ts'

export interface ForwarderOptions {
  /** The network namespace from which it connects to the container. */
  netns: string
  ports: readonly PortMapping[]
  /** The host's ports, bound: those of TCP and UDP in the order of `ports`. */
  descriptors: readonly number[]
  /** The version of IP of each of them. */
  versions: readonly (4 | 6)[]
  /** Holds the container's address; it may change. */
  targetFile: string
  pidFile: string
  /** How to run this program: `[program, ...arguments]`. */
  self: readonly string[]
}

const startTimeout = 60_000
const endTimeout = 2000
const firstDescriptor = 4

/**
 * Starts the program that forwards a container's published ports: the ports are the host's, the connections to the container are
 * made in another network namespace. Returns when it listens; it runs until {@link stopForwarder}.
 *
 * @throws NetworkFailed; then nothing runs.
 */
export async function startForwarder(options: ForwarderOptions): Promise<void> {
  const { netns, descriptors, versions, targetFile, pidFile, self } = options
  const words = forwarded(options).map(({ protocol, port }, at) => {
    const socket = protocol === 'udp' && versions[at] === 6 ? 'udp6' : protocol
    return `/dev/fd/${firstDescriptor + at}:${socket}:${port}`
  })
  const args = [`--net=${netns}`, '--', ...self, 'network', 'forward', '--target', targetFile, '--pid-file', pidFile]
  args.push('--ready', '/dev/fd/3', ...words)
  const child = spawn(requireProgram('nsenter'), args, {
    env: plainEnvironment({ BERTH_LAUNCHER: process.env['BERTH_LAUNCHER'] }),
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', ...descriptors],
  })
  const ready = child.stdio[3] as NodeJS.ReadableStream & { destroy(): void }
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string, cause?: unknown) =>
        reject(new EngineError('NetworkFailed', `The published ports could not be forwarded: ${why}.`, { cause }))
      child.once('error', (cause) => fail('its program could not be started', cause))
      let said = ''
      ready.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        if (said === 'ready\n') resolve()
      })
      ready.once('end', () => fail(said.trim() || 'its program ended at once'))
      setTimeout(() => fail('its program did not begin in time'), startTimeout).unref()
    })
  } catch (error) {
    child.kill('SIGKILL')
    rmSync(pidFile, { force: true })
    throw error
  } finally {
    ready.destroy()
    child.unref()
  }
}

/** Ports one by one, as descriptors are. */
function forwarded({ ports }: ForwarderOptions): { protocol: string; port: number }[] {
  return ports.flatMap(({ protocol, containerPort, range }) =>
    protocol === 'sctp' ? [] : Array.from({ length: range }, (_, at) => ({ protocol, port: containerPort + at })),
  )
}

/** Ends the forwarder of a pid file, and removes the file; its ports are free then. Idempotent. */
export async function stopForwarder(pidFile: string): Promise<void> {
  const pid = forwarderPid(pidFile)
  const startTime = pid === null ? null : processStartTime(pid)
  if (pid !== null && startTime !== null) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // Already gone.
    }
    for (let waited = 0; waited < endTimeout && isAlive(pid, startTime); waited += 5) await sleep(5)
  }
  rmSync(pidFile, { force: true })
}

// Pids are reused: only a process with this pid file among its arguments is ours.
function forwarderPid(pidFile: string): number | null {
  if (!existsSync(pidFile)) return null
  try {
    const pid = Number(readFileSync(pidFile, 'utf8').trim())
    if (!Number.isInteger(pid) || pid <= 1) return null
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return words.includes('forward') && words.includes(pidFile) ? pid : null
  } catch {
    return null
  }
}
