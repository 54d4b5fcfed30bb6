import { useCallback, useEffect, useState } from 'react'

import { EngineError } from '../../engine/errors/index.ts'

/** What a call answered so far. `value` stays while it is asked again. */
export interface CallState<T> {
  readonly value: T | undefined
  readonly error: EngineError | undefined
  /** Asks again. */
  readonly reload: () => void
}

/** Asks once, and again whenever `ask` is another function or `stamp` another value; what comes too late is dropped. */
export function useCall<T>(ask: (signal: AbortSignal) => Promise<T>, stamp: unknown = undefined): CallState<T> {
  const [state, setState] = useState<{ value?: T; error?: EngineError }>({})
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    const stop = new AbortController()
    ask(stop.signal).then(
      (value) => !stop.signal.aborted && setState({ value }),
      (error: unknown) => !stop.signal.aborted && setState((old) => ({ value: old.value, error: EngineError.from(error) })),
    )
    return () => stop.abort()
  }, [ask, stamp, turn])
  return { value: state.value, error: state.error, reload: useCallback(() => setTurn((count) => count + 1), []) }
}
