import { EngineError } from '../../errors/index.ts'
import { hostSocket, recorderStatus, runRecorder, type RunningRecorder } from '../../usage/index.ts'
import type { Context } from '../context.ts'
import { ownFolder, ownSocket } from './read-usage.ts'

/** Keeps a recorder while nobody else records; the caller stops it. */
export interface SessionRecorder {
  /** Lets another process record. Idempotent. */
  stop(): void
}

/** Milliseconds between looks whether somebody else records, or has ended. */
const lookEvery = 5000

/**
 * Records this user's containers for as long as this process lives, where neither the host nor a service of theirs does. Of all
 * processes on a store one records; the others take over when it ends. Timers do not keep the process alive.
 */
export function keepSessionRecorder(context: Context): SessionRecorder {
  let timer: NodeJS.Timeout | undefined
  let running: RunningRecorder | undefined
  let stopped = false
  const look = async (): Promise<void> => {
    try {
      if ((await recorderStatus(hostSocket)) !== undefined) running?.close()
      else if (running?.isOpen() !== true && (await recorderStatus(ownSocket(context))) === undefined) running = await start()
    } catch (error) {
      if (!EngineError.is(error, 'StoreBusy'))
        context.log.warn('Resource use could not be recorded', { operation: 'usage', error: (error as Error).message })
    }
    if (stopped) running?.close()
    else timer = setTimeout(() => void look(), lookEvery).unref()
  }
  const start = (): Promise<RunningRecorder> =>
    runRecorder(
      {
        kind: 'session',
        folder: ownFolder(context),
        socket: ownSocket(context),
        only: process.getuid?.() ?? 0,
        log: (line) => context.log.warn(line, { operation: 'usage' }),
      },
      false,
    )
  void look()
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
      running?.close()
    },
  }
}
