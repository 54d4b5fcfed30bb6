export { isObject, type Json, type JsonObject, type Problem, ProblemError } from '../protocol/index.ts'
export type { AgentInfo, BridgeEvents, BridgeState, Greeting } from './bridge-events.ts'
export type { Bridge } from './bridge.ts'
export type { Bus } from './channels/bus.ts'
export type { Channel, ChannelEvents, ChannelOptions } from './channels/channel.ts'
export type { ConnectOptions } from './bridge-connection.ts'
export { connect } from './connect.ts'
export { connectSession } from './session/connect-session.ts'
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
export { FileBody } from './channels/file-body.ts'
export type { External } from './channels/external.ts'
export type { HttpAddress, HttpReply, HttpRequest, HttpUpgrade } from './channels/http-request.ts'
export type { Http } from './channels/http.ts'
export { login, type LoginStep } from './session/login.ts'
export type { MetricsEvents, MetricsRequest, MetricsSample } from './channels/metrics.ts'
export { returnTarget } from './session/return-target.ts'
export type { ListedSession, Sessions } from './session/sessions.ts'
export type { SpawnOptions, SpawnResult } from './channels/spawn.ts'
export type { Stream, StreamTarget } from './channels/stream.ts'
