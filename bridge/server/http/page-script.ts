/** What the script below needs of a page's window. */
export interface PackagePage {
  name: string
  parent: unknown
  location: { href: string; host: string; pathname: string; search: string; hash: string; replace(address: string): void }
  sessionStorage: { getItem(key: string): string | null; removeItem(key: string): void }
  WebSocket: new (address: string | URL, protocols?: string | string[]) => PageSocket
}

interface PageSocket {
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
}

/** The protocol's constants that the script uses; it cannot import them. */
export interface PackagePageWords {
  key: string
  prefix: string
  returnParameter: string
}

/**
 * Runs in pages of Cockpit packages before their own scripts, whose client opens its websocket itself and knows nothing of
 * the secret: adds the tab's secret to websockets of this server. Without a valid secret, the page
 * goes to the console, which gets one and returns. Its source is sent to browsers, so it must be self-contained.
 */
export function bindPackagePage(page: PackagePage, { key, prefix, returnParameter }: PackagePageWords): void {
  // Within a shell its frames carry the messages.
  if (page.name.startsWith('cockpit1:') && page.parent !== page) return
  const { location, sessionStorage } = page
  const askForSecret = (): void => {
    sessionStorage.removeItem(key)
    location.replace(`/?${returnParameter}=${encodeURIComponent(location.pathname + location.search + location.hash)}`)
  }
  const judge = (data: unknown): void => {
    if (typeof data !== 'string' || data[0] !== '\n') return
    const message = JSON.parse(data) as { command?: unknown; channel?: unknown; problem?: unknown }
    if (message.command === 'init' && message.problem === 'no-session') askForSecret()
    const over = message.command === 'close' && message.channel === undefined && message.problem === 'terminated'
    if (over) sessionStorage.removeItem(key)
  }
  const isOwn = (address: string | URL): boolean => {
    const { host, pathname } = new URL(address, location.href)
    return host === location.host && /^\/cockpit[^/]*\/socket$/.test(pathname)
  }
  const Socket = page.WebSocket
  page.WebSocket = class extends Socket {
    constructor(address: string | URL, protocols?: string | string[]) {
      const secret = sessionStorage.getItem(key)
      const own = isOwn(address)
      const offered = typeof protocols === 'string' ? [protocols] : (protocols ?? [])
      const bind = own && secret !== null && !offered.includes(prefix + secret)
      super(address, bind ? [...offered, prefix + secret] : protocols)
      if (own) this.addEventListener('message', ({ data }) => judge(data))
    }
  }
  if (sessionStorage.getItem(key) === null) askForSecret()
}

/** The script as a browser runs it, a statement of its own. */
export function packagePageScript(words: PackagePageWords): string {
  return `(${bindPackagePage.toString()})(window, ${JSON.stringify(words)});\n`
}
