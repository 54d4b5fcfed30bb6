import type { Problem } from '../protocol/index.ts'
import type { Bus } from './bus.ts'
import type { Channel, ChannelEvents, ChannelOptions } from './channel.ts'
import type { External } from './external.ts'
import type { Http, HttpAddress } from './http.ts'
import type { MetricsEvents, MetricsRequest } from './metrics.ts'
import type { SpawnOptions, SpawnResult } from './spawn.ts'
import type { Stream, StreamTarget } from './stream.ts'

/** What the page's first message said. */
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

/** What a bridge tells whoever listens. */
export interface BridgeEvents {
  /** The connection was lost; it comes back by itself. Every channel has been closed with `disconnected`. */
  disconnected: { problem: Problem; message?: string }
  /** The connection is back: list again, as events in between are lost. */
  reconnected: Greeting
  /** The session is over (logged out, its agent or the server has ended): only a new login helps. `message` says why, if the server did. */
  ended: { problem: Problem; message?: string }
}

/** How a bridge is doing. `ended`: only a new login helps. */
export type BridgeState = 'connecting' | 'ready' | 'disconnected' | 'ended'

/**
 * The page's way to its agent: one connection with many channels, which comes back by itself when it is lost.
 *
 * Channels opened while connecting wait for the connection; those opened while it is lost close with `disconnected`.
 */
export interface Bridge {
  readonly state: BridgeState
  /** Resolves when connected for the first time. Rejects with a ProblemError, `no-session` where nobody is logged in. */
  readonly ready: Promise<Greeting>
  channel(options: ChannelOptions, events?: ChannelEvents): Channel
  /** A client for an HTTP server that the agent can reach. */
  http(address: HttpAddress): Http
  /** A connection to a socket, or a process. */
  stream(target: StreamTarget): Stream
  /** Runs a program to its end. */
  spawn(argv: string[], options?: SpawnOptions): Promise<SpawnResult>
  /** The address at which the browser itself takes what a channel gives; undefined where the server has none. */
  externalUrl(options: ChannelOptions, external: External): Promise<string | undefined>
  /** Measures the host until the returned function is called. */
  metrics(request: MetricsRequest, events: MetricsEvents): () => void
  /** The agent's own objects. */
  readonly dbusInternal: Bus
  /** Who is logged in. */
  info(): Promise<AgentInfo>
  /** Listens; the result stops it. */
  on<K extends keyof BridgeEvents>(event: K, listener: (detail: BridgeEvents[K]) => void): () => void
  /** Tries at once to get a lost connection back. */
  reconnect(): void
  /** Ends agent and session, for all tabs. */
  logout(): void
  /** Closes the connection for good; the session goes on. Idempotent. */
  close(): void
}
