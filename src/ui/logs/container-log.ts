import type { Engine } from '../../../engine/contract/index.ts'
import { createHostLog } from './host-log.ts'
import type { LogSource, LogTimes } from './log-source.ts'
import { createRecentLog } from './recent-log.ts'

/** How a container's log is read: all of it from a host with our engine, its end from one with Podman. */
export const containerLog =
  (engine: Engine, id: string, onHost: boolean) =>
  (times: LogTimes): LogSource =>
    onHost ? createHostLog(engine, id, times) : createRecentLog(engine, [{ id }], times)
