import type { Sessions } from 'cockpit-ts-bridge/client'

import type { Engine, Input } from '../../../engine/contract/index.ts'
import type { Store } from '../store.ts'

/** The state of the connection to the console; `ended` does not reconnect. */
export type Connection = 'connected' | 'lost' | 'ended'

/** The host's usage: busy CPU cores, and bytes of memory. */
export interface HostUsage {
  cores: number
  memoryUsed: number
}

/** Operations whose answer can be downloaded as a file. */
export type Archive =
  | 'image.get'
  | 'image.export'
  | 'audit.export'
  | 'container.logExport'
  | 'container.export'
  | 'container.copyFrom'
  | 'volume.export'

/** What is in a folder of the host. */
export interface FolderEntry {
  readonly name: string
  /** `directory`, `file`, `link` or another word of Cockpit's. */
  readonly type: string
}

/** Everything the page needs from outside: made from the bridge client, or a fake in tests. */
export interface Backend {
  readonly engine: Engine
  readonly connection: Store<Connection>
  /**
   * The URL at which the browser downloads an archive of any size; undefined if there is none. It may be valid
   * only once and for 30 seconds: request it when it is used.
   */
  archiveUrl<K extends Archive>(operation: K, input: Input<K>, fileName: string): Promise<string | undefined>
  /** Reads a folder of the host as the user, up to 5000 entries in no order. Rejects with an EngineError. */
  listFolder(path: string, signal: AbortSignal): Promise<readonly FolderEntry[]>
  /** The account that is logged in. */
  readonly account: { readonly user: string }
  /** About the last minute, measured while subscribed; empty before the first sample, or if the host has no metrics. */
  readonly hostUsage: Store<readonly HostUsage[]>
  /** Inside Cockpit, which has its own masthead, logout and language menu. */
  readonly embedded: boolean
  /** The account's login sessions; undefined if the server has no such list. */
  readonly sessions: Sessions | undefined
  /** Ends the session. */
  logOut(): Promise<void>
}
