import { existsSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { EngineError } from '../errors/index.ts'
import { plainEnvironment, run } from '../lib/process/exec.ts'
import { isAlive, processStartTime } from '../lib/process/process.ts'
import { type PortMapping, portError } from '../lib/host/port-reservation.ts'

/** Where the container finds the host's name servers, and the host itself, as podman has it. */
export const pastaDnsAddress = '169.254.1.1'
export const pastaHostAddress = '169.254.1.2'

export interface PastaOptions {
  /** The namespace's file, see adapters/netns.ts. */
  netns: string
  ports: readonly PortMapping[]
  /** Where pasta's pid is written; {@link stopPasta} finds the process by it. */
  pidFile: string
  /** Passes what is sent to this address on to the host's first name server; podman's by default, `null` for none. */
  dnsForward?: string | null
  /** More arguments of pasta's, as a user may give after `--network pasta:`. */
  extraArguments?: readonly string[]
  signal?: AbortSignal
}

const startTimeout = 60_000
const endTimeout = 2000

/**
 * Connects a network namespace to the host's network without root: addresses and routes as the host's, published ports bound on the
 * host. On return it is ready; it runs in the background until {@link stopPasta} or the namespace's end.
 *
 * @throws PortInUse, AccessDenied, InvalidArgument (each naming the port), NetworkFailed, ProgramMissing, Cancelled.
 */
export async function startPasta(options: PastaOptions): Promise<void> {
  const result = await run('pasta', pastaArguments(options), {
    env: plainEnvironment(),
    timeout: startTimeout,
    signal: options.signal,
  })
  if (result.code === 0) return
  await stopPasta(options.pidFile)
  throw failure(result.stderr.trim() || `status ${result.code}`, options)
}

/**
 * Ends the pasta of a pid file and waits until its ports are free, then removes the file. Idempotent; a process that is
 * not that pasta is left alone.
 */
export async function stopPasta(pidFile: string): Promise<void> {
  const pid = pastaPid(pidFile)
  const startTime = pid === null ? null : processStartTime(pid)
  if (pid !== null && startTime !== null) {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      signalIfAlive(pid, signal)
      for (let waited = 0; waited < endTimeout && isAlive(pid, startTime); waited += 5) await sleep(5)
    }
  }
  rmSync(pidFile, { force: true })
}

/** Whether the pasta of a pid file runs. */
export function isPastaRunning(pidFile: string): boolean {
  return pastaPid(pidFile) !== null
}

// Pids are reused: only a pasta with this pid file is ours.
function pastaPid(pidFile: string): number | null {
  if (!existsSync(pidFile)) return null
  try {
    const pid = Number(readFileSync(pidFile, 'utf8').trim())
    if (!Number.isInteger(pid) || pid <= 1) return null
    const [program, ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return program?.includes('pasta') && args.includes(pidFile) ? pid : null
  } catch {
    return null
  }
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Already gone.
  }
}

/** pasta's command line: only what is published is open, in both directions. */
export function pastaArguments(options: PastaOptions): string[] {
  const dnsForward = options.dnsForward === undefined ? pastaDnsAddress : options.dnsForward
  return [
    '--config-net',
    ...portArguments(
      '-t',
      options.ports.filter(({ protocol }) => protocol === 'tcp'),
    ),
    ...portArguments(
      '-u',
      options.ports.filter(({ protocol }) => protocol === 'udp'),
    ),
    ...(dnsForward === null ? [] : ['--dns-forward', dnsForward]),
    ...['-T', 'none', '-U', 'none', '--no-map-gw', '--map-guest-addr', pastaHostAddress, '--quiet'],
    ...(options.extraArguments ?? []),
    ...['--pid', options.pidFile, '--netns', options.netns],
  ]
}

function portArguments(flag: '-t' | '-u', ports: readonly PortMapping[]): string[] {
  if (ports.length === 0) return [flag, 'none']
  return ports.flatMap(({ hostIp, hostPort, containerPort, range }) => {
    const address = hostIp && hostIp !== '0.0.0.0' && hostIp !== '::' ? `${hostIp}/` : ''
    return [flag, `${address}${hostPort}-${hostPort + range - 1}:${containerPort}-${containerPort + range - 1}`]
  })
}

function failure(words: string, options: PastaOptions): EngineError {
  // "Failed to bind port 8089 (Address already in use) for option '-t 8089-8089:80-80', exiting"
  const port = /bind port (\d+) \((.*?)\) for option '(-[tu])/.exec(words)
  if (port) {
    const protocol = port[3] === '-u' ? 'udp' : 'tcp'
    const mapping = options.ports.find((each) => each.protocol === protocol && inRange(each, Number(port[1])))
    const code = errnoOf(port[2] ?? '')
    if (code) return portError(Object.assign(new Error(words), { code }), protocol, mapping?.hostIp ?? '', Number(port[1]))
    if (mapping?.hostIp.includes(':'))
      return new EngineError(
        'NetworkFailed',
        `The host port [${mapping.hostIp}]:${port[1]}/${protocol} cannot be published: pasta has no IPv6 where no interface of the host has a route of it; leave the address out, or connect the container to a network (--network).`,
        { details: { port: Number(port[1]), protocol, hostIp: mapping.hostIp } },
      )
  }
  if (/\/dev\/net\/tun/.test(words)) {
    return new EngineError(
      'NetworkFailed',
      `pasta may not open /dev/net/tun; an administrator can allow it with "chmod 0666 /dev/net/tun": ${words}`,
    )
  }
  return new EngineError('NetworkFailed', `pasta could not connect the network namespace ${options.netns}: ${words}`)
}

function inRange({ hostPort, range }: PortMapping, port: number): boolean {
  return port >= hostPort && port < hostPort + range
}

function errnoOf(words: string): string | undefined {
  if (/in use/i.test(words)) return 'EADDRINUSE'
  if (/permission denied/i.test(words)) return 'EACCES'
  return /cannot assign/i.test(words) ? 'EADDRNOTAVAIL' : undefined
}
