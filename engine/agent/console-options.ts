/** How a console is started. */
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
  /** The folder that keeps the certificate. */
  state: string
  /** The socket of the login service, when root runs the console. */
  loginSocket: string
}

/** What is taken where the command line says nothing. */
export const consoleDefaults = {
  address: '127.0.0.1',
  port: 9090,
  loginSocket: '/run/berth/login.sock',
  packages: ['/usr/local/share/cockpit', '/usr/share/cockpit'],
} as const
