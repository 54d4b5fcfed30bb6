import type { Endpoint } from '../../bridge/agent/index.ts'

/** The part of an agent that serves the engine. */
export interface EngineAccess extends Endpoint {
  /** Frees it; containers run on. */
  close(): Promise<void>
}
