import { useMemo } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import { useContainerDownload } from './container-download.ts'
import { createHostLog } from './host-log.ts'
import type { LogSource, LogTimes } from './log-source.ts'
import { createRecentLog } from './recent-log.ts'

/** What a view shows of a container's log: all of it from a host with our engine, which also searches it, its end from one with Podman. */
export function useContainerLog(id: string) {
  const { engine, can } = useEngine()
  const onHost = can.does('container.logFollow')
  const open = useMemo(
    () =>
      (times: LogTimes): LogSource =>
        onHost ? createHostLog(engine, id, times) : createRecentLog(engine, [{ id }], times),
    [engine, id, onHost],
  )
  return { open, expressions: onHost, download: useContainerDownload(id) }
}
