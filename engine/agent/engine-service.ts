import type { Duplex } from 'node:stream'
import { openEngine, keepSessionRecorder } from '../core/index.ts'
import { createLogger } from '../lib/log.ts'
import { createRestServer } from '../rest/index.ts'

/** The engine, answering REST on connections. */
export interface EngineService {
  /** Its run folder, which a reboot may empty. */
  readonly runRoot: string
  /** Serves a connection until it ends. */
  handle(connection: Duplex): void
  /** Cancels running requests and frees all; containers keep running. Idempotent. */
  close(): Promise<void>
}

/** Opens the store of this process's user, and records its containers' use where nobody else does. @throws EngineError as openEngine. */
export async function openEngineService(): Promise<EngineService> {
  const log = createLogger({ level: 'warn', fields: { program: 'engine' } })
  const local = openEngine({ service: true, log, caller: { via: 'console' } })
  const rest = createRestServer(local.engine, { log })
  const recorder = await keepSessionRecorder(local.context)
  let closed: Promise<void> | undefined
  return {
    runRoot: local.context.runRoot,
    handle: (connection) => rest.handle(connection),
    close: () =>
      (closed ??= (async () => {
        recorder.stop()
        await rest.close()
        await local.close()
      })()),
  }
}
