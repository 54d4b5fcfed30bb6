import { ProblemError, type TicketUse } from '../protocol/index.ts'
import type { Bridge } from './bridge.ts'
import { openBus } from './channels/bus.ts'
import { BridgeConnection, type ConnectOptions } from './bridge-connection.ts'
import { externalUrl } from './channels/external.ts'
import { openHttp } from './channels/http.ts'
import { readInfo } from './channels/info.ts'
import { openMetrics } from './channels/metrics.ts'
import { openSessions } from './session/sessions.ts'
import { runProgram } from './channels/spawn.ts'
import { openStream } from './channels/stream.ts'

/** Connects to the server. Returns immediately; see {@link Bridge.ready}. */
export function connect(options: ConnectOptions = {}): Bridge {
  const connection = new BridgeConnection(options)
  const bridge: Bridge = {
    get state() {
      return connection.state
    },
    ready: connection.ready,
    channel: (channelOptions, events) => connection.channel(channelOptions, events),
    http: (address) => openHttp(bridge, address),
    stream: (target) => openStream(bridge, target),
    spawn: (argv, spawnOptions) => runProgram(bridge, argv, spawnOptions),
    externalUrl: (channelOptions, external) => externalUrl(bridge, channelOptions, external),
    ticket: (use) => requestTicket(connection, use),
    sessions: openSessions(connection),
    metrics: (request, events) => openMetrics(bridge, request, events),
    dbusInternal: openBus({ channel: (channelOptions, events) => connection.channel(channelOptions, events) }),
    info: () => readInfo(bridge),
    on: (event, listener) => connection.on(event, listener),
    reconnect: () => connection.reconnect(),
    logout: () => connection.logout(),
    close: () => connection.close(),
  }
  return bridge
}

async function requestTicket(connection: BridgeConnection, use: TicketUse): Promise<string> {
  const { capabilities } = await connection.ready
  if (!capabilities.includes('tickets')) throw new ProblemError('not-supported', 'This server gives no tickets.')
  const { ticket } = await connection.request({ command: 'ticket', use })
  if (typeof ticket !== 'string') throw new ProblemError('protocol-error', 'The server gave no ticket.')
  return ticket
}
