export { isObject, type Json, type JsonObject, type Problem, ProblemError } from '../protocol/index.ts'
export type { AgentInfo, Bridge, BridgeEvents, BridgeState, Greeting } from './bridge.ts'
export type { Bus } from './bus.ts'
export type { Channel, ChannelEvents, ChannelOptions } from './channel.ts'
export type { ConnectOptions } from './bridge-connection.ts'
export { connect } from './connect.ts'
export {
  basePath,
  type Connection,
  type ConnectionEvents,
  frameConnection,
  inCockpitFrame,
  type OpenConnection,
  socketUrl,
  websocketConnection,
} from './connection.ts'
export type { External } from './external.ts'
export type { Http, HttpAddress, HttpReply, HttpRequest, HttpUpgrade } from './http.ts'
export { hasSession, login, type LoginStep } from './login.ts'
export type { MetricsEvents, MetricsRequest, MetricsSample } from './metrics.ts'
export type { SpawnOptions, SpawnResult } from './spawn.ts'
export type { Stream, StreamTarget } from './stream.ts'
