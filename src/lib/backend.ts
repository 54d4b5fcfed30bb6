import type { Engine, Input } from '../../engine/contract/index.ts'
import type { Store } from './store.ts'

/** How the connection to the console is doing; `ended` does not come back by itself. */
export type Connection = 'connected' | 'lost' | 'ended'

/** The host's use now: how many processor cores are busy, and bytes of memory. */
export interface HostUse {
  cores: number
  memoryUsed: number
}

/** Operations whose answer is an archive that a browser can take as a download. */
export type Archive = 'image.get' | 'image.export'

/** Everything the page needs of the world: the real one is made of the bridge client, a fake one drives tests. */
export interface Backend {
  readonly engine: Engine
  readonly connection: Store<Connection>
  /** The address at which the browser itself takes an archive, however large; undefined where it cannot. */
  archiveUrl<K extends Archive>(operation: K, input: Input<K>, fileName: string): Promise<string | undefined>
  /** The account that is logged in. */
  readonly account: { readonly user: string }
  /** The last minute or so, measured while watched; empty until the first values came, or where the host does not tell. */
  readonly hostUse: Store<readonly HostUse[]>
  /** Inside a Cockpit: it has the masthead, the log-out and the language. */
  readonly embedded: boolean
  /** Ends the session. */
  logOut(): Promise<void>
}
