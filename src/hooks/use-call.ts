import { useCallback, useEffect, useState } from 'react'

import { EngineError } from '../../engine/errors/index.ts'

/** The result of a call. `value` is kept while it is called again. */
export interface CallState<T> {
  readonly value: T | undefined
  readonly error: EngineError | undefined
  /** Calls again. */
  readonly reload: () => void
}

/** Calls `ask`, and again when `ask` or `stamp` change; outdated results are dropped. */
export function useCall<T>(ask: (signal: AbortSignal) => Promise<T>, stamp: unknown = undefined): CallState<T> {
  const [state, setState] = useState<{ value?: T; error?: EngineError }>({})
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    const stop = new AbortController()
    ask(stop.signal).then(
      (value) => !stop.signal.aborted && setState({ value }),
      (error: unknown) => !stop.signal.aborted && setState((old) => ({ value: old.value, error: EngineError.from(error) })),
    )
    return () => stop.abort()
  }, [ask, stamp, attempt])
  return { value: state.value, error: state.error, reload: useCallback(() => setAttempt((count) => count + 1), []) }
}
