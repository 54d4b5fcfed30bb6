import { isSecret, secretKey, ticketFragment } from '../../protocol/index.ts'

/** The key in localStorage that marks that a tab of this browser may have a secret. It holds no secret. */
const tabsKey = 'bridge.session-tabs'

/** The secret of this tab, which binds the session to pages of this origin; undefined where it has none. */
export function readSecret(): string | undefined {
  const secret = stored('sessionStorage', (storage) => storage.getItem(secretKey))
  return isSecret(secret) ? secret : undefined
}

/** Stores a secret for the lifetime of the tab; false for an invalid one. */
export function keepSecret(secret: unknown): boolean {
  if (!isSecret(secret)) return false
  stored('sessionStorage', (storage) => storage.setItem(secretKey, secret))
  stored('localStorage', (storage) => storage.setItem(tabsKey, '1'))
  return true
}

/** Removes the secret of this tab. */
export function forgetSecret(): void {
  stored('sessionStorage', (storage) => storage.removeItem(secretKey))
}

/** Removes the mark that a tab may have a secret. */
export function forgetTabs(): void {
  stored('localStorage', (storage) => storage.removeItem(tabsKey))
}

/** Whether another tab of this browser may have a secret. */
export function mayBeHandedOver(): boolean {
  return stored('localStorage', (storage) => storage.getItem(tabsKey)) === '1'
}

/** Reads the ticket from the fragment of the URL, and removes it there and from the history. */
export function takeFragment(page: Pick<Window, 'location' | 'history'> = window): string | undefined {
  const { location, history } = page
  const match = new RegExp(`^#${ticketFragment}=(.*)$`).exec(location.hash)
  if (match === null) return undefined
  history.replaceState(history.state, '', location.pathname + location.search)
  return isSecret(match[1]) ? match[1] : undefined
}

/** Uses a storage of this page; undefined without a page or without storage. */
function stored<T>(name: 'sessionStorage' | 'localStorage', use: (storage: Storage) => T): T | undefined {
  if (typeof window === 'undefined') return undefined
  try {
    return use(window[name])
  } catch {
    return undefined
  }
}
