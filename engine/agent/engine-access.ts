import type { Endpoint } from '../../bridge/agent/index.ts'

/** The part of an agent that serves the engine. */
export interface EngineAccess extends Endpoint {
  /** Frees it once its tasks have ended, or cancels them when `now` is aborted; containers run on. */
  close(now: AbortSignal): Promise<void>
}
