import { useEffect, useState } from 'react'

import type { ContainerProcess } from '../../../engine/contract/index.ts'
import { EngineError } from '../../../engine/errors/index.ts'
import { keepOpen } from '../../engine/connection/retry.ts'
import { useEngine } from '../../engine/engine-context.tsx'

/** Seconds between two reports. */
const interval = 2

/** The processes of a running container, kept current by one stream; undefined before the first report. */
export function useProcesses(id: string, running: boolean): { processes?: readonly ContainerProcess[]; error?: EngineError } {
  const { engine } = useEngine()
  const [state, setState] = useState<{ processes?: readonly ContainerProcess[]; error?: EngineError }>({})
  useEffect(() => {
    setState({})
    if (!running) return undefined
    return keepOpen({
      open: (signal) => engine['container.processes']({ name: id, interval }, { signal }),
      onItem: ({ Processes }) => setState({ processes: Processes }),
      onLost: (lost) => {
        if (lost !== undefined) setState((old) => ({ ...old, error: EngineError.from(lost) }))
      },
    })
  }, [engine, id, running])
  return state
}
