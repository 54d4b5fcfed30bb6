import type { Backend, Connection, HostUsage } from '../engine/connection/backend.ts'
import { createStore, type WritableStore } from '../engine/store.ts'
import { fakeSessions } from './fake-sessions.ts'
import type { FakeEngine } from './fake-engine.ts'

/** A backend over a fake engine; its connection can be cut. */
export function createFakeBackend(
  { engine }: FakeEngine,
  changes: Partial<Backend> = {},
): Backend & { connection: WritableStore<Connection> } {
  return {
    engine,
    account: { user: 'alice' },
    hostUsage: createStore<readonly HostUsage[]>([{ cores: 1.4, memoryUsed: 12_400_000_000 }]),
    archiveUrl: async (operation, _input, fileName) => `#archive/${operation}/${fileName}`,
    listFolder: async (path) =>
      path === '/srv/'
        ? [
            { name: 'shop', type: 'directory' },
            { name: 'site', type: 'directory' },
            { name: 'notes.txt', type: 'file' },
          ]
        : [
            { name: 'home', type: 'directory' },
            { name: 'srv', type: 'directory' },
          ],
    embedded: false,
    sessions: fakeSessions(),
    logOut: async () => {},
    ...changes,
    connection: createStore<Connection>('connected'),
  }
}
