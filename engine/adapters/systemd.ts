import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EngineError } from '../errors/index.ts'
import { plainEnvironment, run } from '../lib/process/exec.ts'
import { randomToken } from '../lib/random-id.ts'

/** Whether systemd is the host's init (sd_booted(3)). */
export function isSystemdHost(root = '/'): boolean {
  return existsSync(path.join(root, 'run/systemd/system'))
}

/**
 * Whether the user's own service manager can be reached: its bus, below the given $XDG_RUNTIME_DIR, is a socket.
 * Without it a rootless container cannot have a cgroup from systemd.
 */
export function hasUserManager(runtimeDir = process.env['XDG_RUNTIME_DIR']): boolean {
  if (!runtimeDir) return false
  return ['bus', 'systemd/private'].every(
    (name) => statSync(path.join(runtimeDir, name), { throwIfNoEntry: false })?.isSocket() ?? false,
  )
}

/**
 * Whether this process is in the tree of its user's service manager. From outside, as in a login session, the kernel does not let
 * it move processes into containers' cgroups there: a monitor that starts a command in one needs its own scope.
 */
export function isUnderUserManager(cgroupFile = '/proc/self/cgroup'): boolean {
  return /^0::.*\/user@\d+\.service\//m.test(readFileSync(cgroupFile, 'utf8'))
}

export interface ScopeRequest {
  /** The unit's name, ending in `.scope`. */
  name: string
  /** The slice it goes below, e.g. `user.slice`, `machine.slice`. */
  slice: string
  description: string
  /** A process that has started already; those it starts later are in the scope too. */
  pid: number
  /** Asks the user's own manager instead of the host's. */
  user: boolean
}

/**
 * The scope a monitor needs, or `undefined` if it needs none: a container's always where systemd makes the cgroups, an
 * exec session's only for an ordinary user whose login is outside their manager's tree.
 *
 * Its name is new each time, since the former monitor of a restarted container may still be there for a moment.
 */
export function monitorScope(
  cgroupManager: string,
  options: { id: string; kind: 'conmon' | 'exec'; rootless: boolean },
): Omit<ScopeRequest, 'pid' | 'description'> | undefined {
  const { id, kind, rootless } = options
  if (cgroupManager !== 'systemd') return undefined
  if (kind === 'exec' && (!rootless || isUnderUserManager())) return undefined
  return { name: `berth-${kind}-${id}-${randomToken()}.scope`, slice: rootless ? 'user.slice' : 'machine.slice', user: rootless }
}

/**
 * Runs `systemctl --user` with these words, for units of this user.
 *
 * @throws EngineError `ProgramFailed` with systemd's message; `ProgramMissing`.
 */
export async function userUnits(words: readonly string[]): Promise<void> {
  const env = plainEnvironment({ DBUS_SESSION_BUS_ADDRESS: process.env['DBUS_SESSION_BUS_ADDRESS'] })
  const result = await run('systemctl', ['--user', '--no-ask-password', ...words], { env, timeout: scopeTimeout })
  if (result.code === 0) return
  throw new EngineError(
    'ProgramFailed',
    `systemctl --user ${words.join(' ')} failed: ${result.stderr.trim() || `status ${result.code}`}`,
    {
      details: { program: 'systemctl' },
    },
  )
}

const scopeTimeout = 30_000
const lookInterval = 5

/**
 * Puts a process into a new transient scope, so that it neither ends with the service or the login that started it nor
 * counts as a part of it. On return the process is in it. The scope goes away with its last process.
 *
 * @throws CgroupUnavailable with systemd's message; ProgramMissing.
 */
export async function startScope(request: ScopeRequest): Promise<void> {
  const properties = [
    '3',
    'PIDs',
    'au',
    '1',
    String(request.pid),
    'Slice',
    's',
    request.slice,
    'Description',
    's',
    request.description,
  ]
  const call = ['org.freedesktop.systemd1', '/org/freedesktop/systemd1', 'org.freedesktop.systemd1.Manager', 'StartTransientUnit']
  const args = [
    request.user ? '--user' : '--system',
    '--quiet',
    'call',
    ...call,
    'ssa(sv)a(sa(sv))',
    request.name,
    'fail',
    ...properties,
    '0',
  ]
  const env = plainEnvironment({ DBUS_SESSION_BUS_ADDRESS: process.env['DBUS_SESSION_BUS_ADDRESS'] })
  const result = await run('busctl', args, { env, timeout: scopeTimeout })
  if (result.code !== 0) throw scopeError(request, result.stderr.trim() || `busctl ended with status ${result.code}`)
  // The call only queues the job; the kernel knows when it is done.
  for (let waited = 0; !isInScope(request); waited += lookInterval) {
    if (waited > scopeTimeout) throw scopeError(request, 'it did not come into being in time')
    await sleep(lookInterval)
  }
}

function isInScope({ pid, name }: ScopeRequest): boolean {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(`/${name}`)
  } catch {
    // The process has ended: there is nothing to wait for.
    return true
  }
}

function scopeError({ name, pid }: ScopeRequest, words: string): EngineError {
  return new EngineError('CgroupUnavailable', `systemd could not put process ${pid} into ${name}: ${words}`, {
    details: { unit: name, pid },
  })
}
