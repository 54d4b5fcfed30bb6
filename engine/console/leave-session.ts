import { existsSync, readFileSync } from 'node:fs'
import { EngineError } from '../errors/index.ts'
import { which } from '../lib/process/exec.ts'

/** Set in the environment of a console that has left its session, so that it does not try again. */
const mark = 'BERTH_CONSOLE_SCOPE'

/**
 * Moves a console that an administrator started in their own login session out of it, by starting it again in a scope
 * of the system's. Otherwise pam_systemd would take every login for a part of that session and make none.
 * Does not return when it moves; does nothing without systemd.
 */
export function leaveSession(): void {
  if (process.env[mark] !== undefined || !existsSync('/run/systemd/system') || !inSession()) return
  const program = which('systemd-run')
  if (program === null) {
    throw new EngineError(
      'ProgramMissing',
      'The program systemd-run is missing; start the console as a systemd service, or install systemd whole.',
    )
  }
  const scope = ['--scope', '--quiet', '--collect', '--slice=system.slice', '--description=Berth console']
  const self = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  process.execve?.(program, ['systemd-run', ...scope, '--', ...self], { ...process.env, [mark]: '1' } as Record<string, string>)
}

function inSession(): boolean {
  return /\/session-[^/]*\.scope$/m.test(readFileSync('/proc/self/cgroup', 'utf8'))
}
