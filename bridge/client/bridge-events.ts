import type { Problem } from '../protocol/index.ts'

/** The server's `init` message. */
export interface Greeting {
  /** The host that channels go to. */
  host: string
  csrfToken?: string
  capabilities: string[]
}

/** Who is logged in, and what their agent can do. */
export interface AgentInfo {
  user: { name: string; fullname: string; uid: number; gid: number; groups: string[]; home: string; shell: string }
  osRelease: Record<string, string>
  /** Names of payloads. */
  payloads: string[]
}

/** The events of a bridge. */
export interface BridgeEvents {
  /** The connection was lost; it reconnects automatically. All channels were closed with `disconnected`. */
  disconnected: { problem: Problem; message?: string }
  /** Reconnected: list again, as events in between are lost. */
  reconnected: Greeting
  /** The session has ended (logout, or end of the agent or server): a new login is needed. `message` is the server's reason, if any. */
  ended: { problem: Problem; message?: string }
}

/** The state of a bridge. `ended`: a new login is needed. */
export type BridgeState = 'connecting' | 'ready' | 'disconnected' | 'ended'
