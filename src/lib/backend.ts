import type { Engine } from '../../engine/contract/index.ts'
import type { Store } from './store.ts'

/** How the connection to the console is doing; `ended` does not come back by itself. */
export type Connection = 'connected' | 'lost' | 'ended'

/** The host's use now: how many processor cores are busy, and bytes of memory. */
export interface HostUse {
  cores: number
  memoryUsed: number
}

/** Everything the page needs of the world: the real one is made of the bridge client, a fake one drives tests. */
export interface Backend {
  readonly engine: Engine
  readonly connection: Store<Connection>
  /** The account that is logged in. */
  readonly account: { readonly user: string }
  /** The last minute or so, measured while watched; empty until the first values came, or where the host does not tell. */
  readonly hostUse: Store<readonly HostUse[]>
  /** Inside a Cockpit: it has the masthead, the log-out and the language. */
  readonly embedded: boolean
  /** Ends the session. */
  logOut(): Promise<void>
}
