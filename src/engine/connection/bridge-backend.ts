import { type Bridge, connectSession, inCockpitFrame } from 'cockpit-ts-bridge/client'

import { apiVersion, clientHeader, connectEngine, describe, encodeRequest, parseInput } from '../../../engine/contract/index.ts'
import type { Backend, Connection, HostUsage } from './backend.ts'
import { engineTransport } from './engine-socket.ts'
import { createStore, type Store } from '../store.ts'
import { listFolder } from './list-folder.ts'
import { visible } from '../visibility.ts'

/**
 * The real backend: over the console's bridge, or a Cockpit's.
 * Rejects with ProblemError `no-session` where nobody is logged in.
 */
export async function connectBackend(): Promise<Backend> {
  // Also outside of the shell: a package page that was opened directly.
  const embedded = inCockpitFrame() || /^\/cockpit[^/]*\/@/.test(window.location.pathname)
  const bridge = await connectSession()
  const { capabilities } = await bridge.ready
  const transport = engineTransport(bridge, { embedded })
  return {
    engine: connectEngine(transport),
    archiveUrl: async (operation, input, fileName) => {
      const { method, path, headers } = encodeRequest(describe(operation), parseInput(operation, input))
      return bridge.externalUrl(
        {
          payload: 'http-stream2',
          method,
          path: `/v${apiVersion}${path}`,
          headers: { ...headers, [clientHeader]: '1' },
          ...(await transport.address()),
        },
        { fileName, contentType: contentTypeOf(fileName) },
      )
    },
    listFolder: (path, signal) => listFolder(bridge, path, signal),
    connection: watchConnection(bridge),
    account: { user: await userName(bridge) },
    hostUsage: watchHost(bridge),
    embedded,
    sessions: capabilities.includes('sessions') ? bridge.sessions : undefined,
    logOut: async () => bridge.logout(),
  }
}

function contentTypeOf(fileName: string): string {
  if (fileName.endsWith('.tar')) return 'application/x-tar'
  return fileName.endsWith('.gz') ? 'application/gzip' : 'text/plain; charset=utf-8'
}

async function userName(bridge: Bridge): Promise<string> {
  try {
    return (await bridge.info()).user.name
  } catch {
    // Older versions of Cockpit have it only on the internal bus.
    const { Name } = await bridge.dbusInternal.properties('/user', 'cockpit.User')
    return typeof Name === 'string' ? Name : ''
  }
}

function watchConnection(bridge: Bridge): Store<Connection> {
  const store = createStore<Connection>('connected')
  bridge.on('disconnected', () => store.set('lost'))
  bridge.on('reconnected', () => store.set('connected'))
  bridge.on('ended', () => store.set('ended'))
  window.addEventListener('online', () => bridge.reconnect())
  return store
}

const metrics = [
  { name: 'cpu.basic.user', derive: 'rate' as const },
  { name: 'cpu.basic.system', derive: 'rate' as const },
  { name: 'memory.used' },
]

/** The host's usage, measured while it is subscribed to. */
function watchHost(bridge: Bridge): Store<readonly HostUsage[]> {
  const store = createStore<readonly HostUsage[]>([], {
    start() {
      let stop = () => {}
      const begin = () => {
        stop()
        stop = () => {}
        if (!visible.get()) return
        stop = bridge.metrics(
          { interval: 2000, metrics },
          {
            sample({ values }) {
              const [user, system, memoryUsed] = values
              if (typeof user !== 'number' || typeof system !== 'number' || typeof memoryUsed !== 'number') return
              // Milliseconds of CPU time per second.
              store.set([...store.get(), { cores: (user + system) / 1000, memoryUsed }].slice(-60))
            },
          },
        )
      }
      begin()
      const leave = [bridge.on('reconnected', begin), visible.subscribe(begin)]
      return () => {
        for (const each of leave) each()
        stop()
      }
    },
  })
  return store
}
