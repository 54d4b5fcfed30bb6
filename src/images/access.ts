import { EngineError } from '../../engine/errors/index.ts'

/** How a registry is reached. A password is used once and kept nowhere. */
export interface Access {
  readonly verify: boolean
  readonly login: boolean
  readonly user: string
  readonly password: string
}

/** As registries.conf and the logins say. */
export const plainAccess: Access = { verify: true, login: false, user: '', password: '' }

/** The fields of an operation that speaks to a registry. */
export const accessInput = ({ verify, login, user, password }: Access) => ({
  ...(verify ? {} : { tlsVerify: false }),
  ...(login ? { credentials: `${user}:${password}` } : {}),
})

/** The same for a command line; the password is asked for there. */
export const accessFlags = ({ verify, login, user }: Access): string[] => [
  ...(verify ? [] : ['--tls-verify=false']),
  ...(login ? ['--creds', user || 'USER'] : []),
]

/** After a failure: where the registry wants a login and was given none, there are fields for one. */
export const askForLogin = (access: Access, error: unknown): Access =>
  EngineError.is(error, 'RegistryUnauthorized') ? { ...access, login: true } : access

/** Whether what was begun is given whole. */
export const isWhole = ({ login, user }: Access): boolean => !login || (user !== '' && !user.includes(':'))
