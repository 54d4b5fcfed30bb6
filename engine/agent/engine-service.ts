import type { Duplex } from 'node:stream'
import { finishTasks, keepSessionRecorder, onTasks, openEngine } from '../core/index.ts'
import { createLogger } from '../lib/log.ts'
import { createRestServer } from '../rest/index.ts'

/** The engine, answering REST on connections. */
export interface EngineService {
  /** Its run folder, which a reboot may empty. */
  readonly runRoot: string
  /** Serves a connection until it ends. */
  handle(connection: Duplex): void
  /** The number of tasks that it runs. */
  readonly tasks: number
  /**
   * Cancels running requests, waits for running tasks and frees all; containers keep running. Tasks are cancelled instead of waited
   * for once `now` is aborted, and after twelve hours. Idempotent.
   */
  close(now: AbortSignal): Promise<void>
}

/** Milliseconds that tasks may run after their session has ended. */
const taskTimeout = 12 * 60 * 60 * 1000

/** Opens the store of this process's user, and records its containers' use where nobody else does. @throws EngineError as openEngine. */
export async function openEngineService(): Promise<EngineService> {
  const log = createLogger({ level: 'warn', fields: { program: 'engine' } })
  const local = openEngine({ service: true, log, caller: { via: 'console' } })
  const rest = createRestServer(local.engine, { log })
  const recorder = await keepSessionRecorder(local.context)
  let tasks = 0
  await onTasks(local.context, (running) => (tasks = running))
  let closed: Promise<void> | undefined
  return {
    runRoot: local.context.runRoot,
    handle: (connection) => rest.handle(connection),
    get tasks() {
      return tasks
    },
    close: (now) =>
      (closed ??= (async () => {
        recorder.stop()
        await rest.close()
        await finishTasks(local.context, taskTimeout, now)
        await local.close()
      })()),
  }
}
