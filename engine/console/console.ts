import { homedir } from 'node:os'
import { join } from 'node:path'
import { type ConsoleOptions, consoleDefaults } from './console-options.ts'
import { EngineError } from '../errors/index.ts'
import { pageFolder } from '../agent/launcher.ts'

export type { ConsoleOptions } from './console-options.ts'

/**
 * Runs the console until SIGINT, SIGTERM or SIGHUP; containers keep running. Root serves everyone who has an account; an ordinary
 * user gets a session of their own at a one-time address.
 *
 * @returns the exit code. @throws EngineError with the reason it cannot start.
 */
export async function runConsole(given: Partial<ConsoleOptions> = {}): Promise<number> {
  const root = process.getuid?.() === 0
  if (!root && given.rootLogin !== undefined)
    throw new EngineError(
      'InvalidArgument',
      'A console of your own asks nobody for a password: --permit-root-login is for the one that root runs.',
    )
  const options: ConsoleOptions = {
    address: consoleDefaults.address,
    port: consoleDefaults.port,
    tls: true,
    page: pageFolder(),
    packages: [...consoleDefaults.packages],
    origins: [],
    hostNames: [],
    bindAddress: false,
    maxSessionsPerUser: consoleDefaults.maxSessionsPerUser,
    state: root ? '/var/lib/berth-console' : join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local/state'), 'berth'),
    loginSocket: consoleDefaults.loginSocket,
    rootLogin: consoleDefaults.rootLogin,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  }
  if (root) return (await import('./console-system.ts')).runSystemConsole(options)
  return (await import('./console-local.ts')).runLocalConsole(options)
}
