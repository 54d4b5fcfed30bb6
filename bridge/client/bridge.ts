import type { AgentInfo, BridgeEvents, BridgeState, Greeting } from './bridge-events.ts'
import type { TicketUse } from '../protocol/index.ts'
import type { Bus } from './channels/bus.ts'
import type { Channel, ChannelEvents, ChannelOptions } from './channels/channel.ts'
import type { External } from './channels/external.ts'
import type { HttpAddress } from './channels/http-request.ts'
import type { Http } from './channels/http.ts'
import type { MetricsEvents, MetricsRequest } from './channels/metrics.ts'
import type { Sessions } from './session/sessions.ts'
import type { SpawnOptions, SpawnResult } from './channels/spawn.ts'
import type { Stream, StreamTarget } from './channels/stream.ts'

/**
 * The page's connection to its agent, with many channels. It reconnects automatically.
 *
 * Channels opened while connecting wait for the connection; those opened while it is lost close with `disconnected`.
 */
export interface Bridge {
  readonly state: BridgeState
  /** Resolves when connected for the first time. Rejects with a ProblemError, `no-session` if no user is logged in. */
  readonly ready: Promise<Greeting>
  channel(options: ChannelOptions, events?: ChannelEvents): Channel
  /** A client for an HTTP server that the agent can reach. */
  http(address: HttpAddress): Http
  /** A connection to a socket, or a process. */
  stream(target: StreamTarget): Stream
  /** Runs a program to its end. */
  spawn(argv: string[], options?: SpawnOptions): Promise<SpawnResult>
  /** The URL at which the browser downloads the data of a channel; undefined if the server has none. */
  externalUrl(options: ChannelOptions, external: External): Promise<string | undefined>
  /** A ticket that is valid once and for 30 seconds. Rejects with `not-supported` if the server has none. */
  ticket(use: TicketUse): Promise<string>
  /** The login sessions of this user at this server. */
  readonly sessions: Sessions
  /** Measures the host until the returned function is called. */
  metrics(request: MetricsRequest, events: MetricsEvents): () => void
  /** The agent's own objects. */
  readonly dbusInternal: Bus
  /** Who is logged in. */
  info(): Promise<AgentInfo>
  /** Adds a listener; the result removes it. */
  on<K extends keyof BridgeEvents>(event: K, listener: (detail: BridgeEvents[K]) => void): () => void
  /** Reconnects a lost connection immediately. */
  reconnect(): void
  /** Ends agent and session, for all tabs. */
  logout(): void
  /** Closes the connection for good; the session goes on. Idempotent. */
  close(): void
}
