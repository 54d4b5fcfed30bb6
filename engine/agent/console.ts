import { homedir } from 'node:os'
import { join } from 'node:path'
import { type ConsoleOptions, consoleDefaults } from './console-options.ts'
import { pageFolder } from './launcher.ts'

export type { ConsoleOptions } from './console-options.ts'

/**
 * Runs the console until it is told to stop by SIGINT, SIGTERM or SIGHUP; containers go on. Root serves everyone who has
 * an account; an ordinary user gets a session of their own at a one-time address.
 *
 * @returns the exit code. @throws EngineError in words for what keeps it from starting.
 */
export async function runConsole(given: Partial<ConsoleOptions> = {}): Promise<number> {
  const root = process.getuid?.() === 0
  const options: ConsoleOptions = {
    address: consoleDefaults.address,
    port: consoleDefaults.port,
    tls: true,
    page: pageFolder(),
    packages: [...consoleDefaults.packages],
    origins: [],
    state: root ? '/var/lib/berth-console' : join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local/state'), 'berth'),
    loginSocket: consoleDefaults.loginSocket,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  }
  if (root) return (await import('./console-system.ts')).runSystemConsole(options)
  return (await import('./console-local.ts')).runLocalConsole(options)
}

/** Resolves with the first signal that asks the console to stop. A second one ends the process at once. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(130)
        asked = true
        resolve()
      })
    }
  })
}
