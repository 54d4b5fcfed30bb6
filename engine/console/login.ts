import { rootLogins, runLogin } from '../../bridge/login/index.ts'
import { createLogger } from '../lib/log.ts'
import { entryCommand, launcherEnvironment, switchUserCommand } from '../agent/launcher.ts'
import { prepareSession } from './prepare-session.ts'

/** PAM's service name: /etc/pam.d/berth. */
const service = 'berth'

/**
 * One login, on the connection given as standard input: authentication, the user's agent, and the end of the session. `rootLogin`
 * is the console's setting; an unknown value allows root from nowhere.
 */
export async function runLoginSession([rootLogin]: string[]): Promise<void> {
  const log = createLogger({ level: 'info', fields: { program: 'login' } })
  const say = (line: string): void => log.warn(line)
  // The session ends with its agent, which ends with its connection: a signal must not cut that short.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
  await runLogin({
    fd: 0,
    service,
    rootLogin: rootLogins.find((word) => word === rootLogin) ?? 'no',
    switchUser: switchUserCommand(),
    agent: entryCommand('agent', ['agent']),
    prepareSession: (account, environment) => {
      const prepared = prepareSession(account, environment, say)
      return { ...prepared, environment: { ...launcherEnvironment(), ...prepared.environment } }
    },
    log: say,
  })
  process.exit()
}
