import { EngineError } from '../../../engine/errors/index.ts'

/** How a registry is accessed. The password is used once and not stored. */
export interface Access {
  readonly verify: boolean
  readonly login: boolean
  readonly user: string
  readonly password: string
}

/** As configured in registries.conf and the stored logins. */
export const defaultAccess: Access = { verify: true, login: false, user: '', password: '' }

/** The fields for an operation that accesses a registry. */
export const accessInput = ({ verify, login, user, password }: Access) => ({
  ...(verify ? {} : { tlsVerify: false }),
  ...(login ? { credentials: `${user}:${password}` } : {}),
})

/** The flags for a command line, which prompts for the password. */
export const accessFlags = ({ verify, login, user }: Access): string[] => [
  ...(verify ? [] : ['--tls-verify=false']),
  ...(login ? ['--creds', user || 'USER'] : []),
]

/** Shows the credential fields after the registry has refused access. */
export const requireLogin = (access: Access, error: unknown): Access =>
  EngineError.is(error, 'RegistryUnauthorized') ? { ...access, login: true } : access

/** Whether the credentials are complete. */
export const isComplete = ({ login, user }: Access): boolean => !login || (user !== '' && !user.includes(':'))
