import { type ChildProcess, spawn } from 'node:child_process'
import type { Account } from './account.ts'
import { closeOnExec } from './descriptors.ts'
import { relayLines } from './relay-lines.ts'
import { asAccount } from './switch-user.ts'

/** A program that root runs as a service account. */
export interface ServiceProcess {
  /** The program that calls `switchUser`. */
  switchUser: readonly string[]
  account: Account
  argv: readonly string[]
  /** Besides the search path and the language. */
  environment: Record<string, string>
  /** Gets the lines of its stderr. */
  log(line: string): void
}

/**
 * Starts it without privileges it could gain again. Its input is ours, and ends with us, however we end; a Ctrl-C is for us alone, and
 * the caller ends it in its own order.
 */
export function startService({ switchUser, account, argv, environment, log }: ServiceProcess): ChildProcess {
  const handed = asAccount(switchUser, account, argv, {
    environment: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LANG: process.env['LANG'] ?? 'C.UTF-8', ...environment },
    noNewPrivileges: true,
  })
  closeOnExec()
  const [program, ...args] = handed.argv
  const child = spawn(program!, args, {
    cwd: '/',
    env: handed.environment,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.on('error', () => {
    // It has exited; its exit is handled elsewhere.
  })
  relayLines(child.stderr, log)
  return child
}
