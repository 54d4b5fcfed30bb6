import { type DependencyList, useCallback, useEffect, useState } from 'react'

import { EngineError } from '../../engine/errors/index.ts'

/** What a call answered so far. `value` stays while it is asked again. */
export interface CallState<T> {
  readonly value: T | undefined
  readonly error: EngineError | undefined
  /** Asks again. */
  readonly reload: () => void
}

/** Asks once, and again whenever one of `inputs` is another; what comes too late is dropped. */
export function useCall<T>(ask: (signal: AbortSignal) => Promise<T>, inputs: DependencyList): CallState<T> {
  const [state, setState] = useState<{ value?: T; error?: EngineError }>({})
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    const stop = new AbortController()
    ask(stop.signal).then(
      (value) => !stop.signal.aborted && setState({ value }),
      (error: unknown) => !stop.signal.aborted && setState((old) => ({ value: old.value, error: EngineError.from(error) })),
    )
    return () => stop.abort()
    // `ask` is a new function each time; `inputs` say what it depends on.
  }, [...inputs, turn])
  return { value: state.value, error: state.error, reload: useCallback(() => setTurn((count) => count + 1), []) }
}
