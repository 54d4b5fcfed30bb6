import type { RootLogin } from '../../bridge/login/index.ts'

/** Options of a console. */
export interface ConsoleOptions {
  /** The address to listen on. */
  address: string
  port: number
  tls: boolean
  /** The folder with the page. */
  page: string
  /** Folders with Cockpit packages. */
  packages: string[]
  /** Further origins that may open the websocket, such as a proxy's `https://host`. */
  origins: string[]
  /** Names in a `Host` header besides those of the machine, the certificate and `origins`. */
  hostNames: string[]
  /** A session is usable only from the address it was made from. */
  bindAddress: boolean
  /** Sessions that one user may have. */
  maxSessionsPerUser: number
  /** The folder that keeps the certificate. */
  state: string
  /** The socket of the login service, when root runs the console. */
  loginSocket: string
  /** From where root may log in with a password, when root runs the console. */
  rootLogin: RootLogin
}

/** Defaults of the command line. */
export const consoleDefaults = {
  address: '127.0.0.1',
  port: 9090,
  maxSessionsPerUser: 16,
  loginSocket: '/run/berth/login.sock',
  rootLogin: 'loopback',
  packages: ['/usr/local/share/cockpit', '/usr/share/cockpit'],
} as const
