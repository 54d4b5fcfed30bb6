import type { Bridge } from './bridge.ts'
import { openBus } from './bus.ts'
import { BridgeConnection, type ConnectOptions } from './bridge-connection.ts'
import { externalUrl } from './external.ts'
import { openHttp } from './http.ts'
import { readInfo } from './info.ts'
import { openMetrics } from './metrics.ts'
import { runProgram } from './spawn.ts'
import { openStream } from './stream.ts'

/** Connects to the server. Returns at once; see {@link Bridge.ready}. */
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
