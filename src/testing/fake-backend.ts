import type { Backend, Connection, HostUse } from '../lib/backend.ts'
import { createStore, type WritableStore } from '../lib/store.ts'
import type { FakeEngine } from './fake-engine.ts'

/** A backend over a fake engine; its connection can be cut. */
export function createFakeBackend(
  { engine }: FakeEngine,
  changes: Partial<Backend> = {},
): Backend & { connection: WritableStore<Connection> } {
  return {
    engine,
    account: { user: 'alice' },
    hostUse: createStore<readonly HostUse[]>([{ cores: 1.4, memoryUsed: 12_400_000_000 }]),
    archiveUrl: async (operation, _input, fileName) => `#archive/${operation}/${fileName}`,
    embedded: false,
    logOut: async () => {},
    ...changes,
    connection: createStore<Connection>('connected'),
  }
}
