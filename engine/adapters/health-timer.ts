import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { plainEnvironment, run } from '../lib/process/exec.ts'
import { isAlive, processStartTime } from '../lib/process/process.ts'
import { randomToken } from '../lib/random-id.ts'

export interface HealthTimer {
  /** Where it notes what it is; removed with the container's run, which ends it too. */
  folder: string
  /** The container's id. */
  id: string
  /** Seconds from the end of one check to the next. */
  interval: number
  /** Program and arguments of one check. */
  command: readonly string[]
  /** Exit code of a check that is the last, as its container has ended. */
  lastExitCode: number
  /** Whose systemd keeps the time; a small process of its own where there is none. */
  manager?: 'system' | 'user' | undefined
}

/** What was started: a unit of systemd's, or a process. */
interface Running {
  unit?: string
  manager?: 'system' | 'user'
  pid?: number
  startTime?: string | null
}

const unitTimeout = 30_000
const noteName = 'timer.json'

/**
 * Starts a container's timer in the place of the one it had. The first check is made at once, the next when its interval has passed since.
 * It outlives this process, and ends with its container.
 */
export async function startHealthTimer(timer: HealthTimer): Promise<void> {
  await stopHealthTimer(timer.folder)
  mkdirSync(timer.folder, { recursive: true, mode: 0o700 })
  const running = (timer.manager && (await startUnit(timer, timer.manager))) || startProcess(timer)
  writeFileSync(path.join(timer.folder, noteName), JSON.stringify(running), { mode: 0o600 })
}

/** Ends the timer noted in a folder. A check that runs is not disturbed. Idempotent. */
export async function stopHealthTimer(folder: string): Promise<void> {
  const file = path.join(folder, noteName)
  if (!existsSync(file)) return
  const { unit, manager, pid, startTime } = JSON.parse(readFileSync(file, 'utf8')) as Running
  if (pid !== undefined && isAlive(pid, startTime)) process.kill(pid, 'SIGTERM')
  if (unit !== undefined)
    await run('systemctl', [...scopeOf(manager), '--no-ask-password', 'stop', `${unit}.timer`], {
      env: busEnvironment(),
      timeout: unitTimeout,
    })
  rmSync(file, { force: true })
}

/** As podman does. @returns undefined where systemd does not take it. */
async function startUnit({ id, interval, command }: HealthTimer, manager: 'system' | 'user'): Promise<Running | undefined> {
  const unit = `${id}-${randomToken()}`
  const environment = Object.entries(plainEnvironment()).map(([name, value]) => `--setenv=${name}=${value}`)
  const times = ['--on-active=0', `--on-unit-inactive=${interval}`, '--timer-property=AccuracySec=1s']
  // What a check starts, as the monitor of a container that it restarts, outlives it.
  const service = ['--property=KillMode=process', '--collect', `--description=health check of container ${id}`]
  const args = [...scopeOf(manager), '--quiet', '--no-ask-password', `--unit=${unit}`, ...times, ...service, ...environment]
  const { code } = await run('systemd-run', [...args, '--', ...command], { env: busEnvironment(), timeout: unitTimeout }).catch(
    () => ({ code: -1 }),
  )
  return code === 0 ? { unit, manager } : undefined
}

function scopeOf(manager: Running['manager']): string[] {
  return manager === 'user' ? ['--user'] : []
}

function busEnvironment(): Record<string, string> {
  return plainEnvironment({ DBUS_SESSION_BUS_ADDRESS: process.env['DBUS_SESSION_BUS_ADDRESS'] })
}

// SIGTERM ends it at once while it waits, and after the check while one runs. The token is that of the newest timer: one that missed
// its signal leaves by itself. A check that fails otherwise, as one that was killed, is only one check.
const script = `folder=$1 token=$2 pause=$3 last=$4
shift 4
sleeper=
trap '[ -z "$sleeper" ] || kill "$sleeper"; exit 0' TERM
while read -r newest <"$folder/token" && [ "$newest" = "$token" ]; do
  "$@"
  [ $? -ne "$last" ] || exit 0
  sleep "$pause" &
  sleeper=$!
  wait "$sleeper"
  sleeper=
done 2>/dev/null
`

/** A shell of some hundred kilobytes that sleeps between checks. */
function startProcess({ folder, interval, command, lastExitCode }: HealthTimer): Running {
  const token = randomToken()
  writeFileSync(path.join(folder, 'token'), `${token}\n`, { mode: 0o600 })
  const args = [folder, token, String(interval), String(lastExitCode), ...command]
  const child = spawn('/bin/sh', ['-c', script, 'berth-health', ...args], {
    detached: true,
    cwd: '/',
    env: busEnvironment(),
    stdio: 'ignore',
  })
  child.on('error', () => {})
  child.unref()
  return child.pid === undefined ? {} : { pid: child.pid, startTime: processStartTime(child.pid) }
}
