import { useEffect, useRef, useState } from 'react'

import { EngineError } from '../../engine/errors/index.ts'

/**
 * Continues an action after its dialog was closed; `stop` cancels it. The returned function is called at its end, with the
 * error if it failed or was cancelled.
 */
export type Detach = (stop: () => void) => (error?: unknown) => void

/** An action and its state. */
export interface Action {
  readonly busy: boolean
  /** It has succeeded, and its result is shown. */
  readonly done: boolean
  readonly error: unknown
  /** Starts it. Does nothing while it is running. */
  readonly start: () => Promise<void>
  /** Cancels it and closes. */
  readonly cancel: () => void
}

/**
 * Runs `work` and calls `onClose` afterwards, unless it returns `stay`, or `again` if it needs more input and is then run
 * again. When the component unmounts it is cancelled, or detached if there is `onDetach`; `onDetachedFailure` then gets an error.
 */
export function useAction(
  work: (signal: AbortSignal) => Promise<void | 'stay' | 'again'>,
  onClose: () => void,
  onDetach: Detach | undefined,
  onDetachedFailure: (error: unknown) => void,
): Action {
  const [state, setState] = useState<{ busy: boolean; done: boolean; error?: unknown }>({ busy: false, done: false })
  const running = useRef<AbortController>(null)
  const detach = useRef(onDetach)
  detach.current = onDetach
  const detached = useRef<ReturnType<Detach>>(undefined)
  useEffect(
    () => () => {
      const stop = running.current
      if (!stop || stop.signal.aborted) return
      if (detach.current) detached.current = detach.current(() => stop.abort())
      else stop.abort()
    },
    [],
  )
  const end = (signal: AbortSignal, next: void | 'stay' | 'again', error?: unknown) => {
    running.current = null
    if (detached.current) {
      detached.current(signal.aborted ? new EngineError('Cancelled', 'It was cancelled.', { cause: error }) : error)
      if (error !== undefined && !signal.aborted) onDetachedFailure(error)
    } else if (signal.aborted || next === 'again') setState({ busy: false, done: false })
    else if (error === undefined && next !== 'stay') onClose()
    else setState({ busy: false, done: error === undefined, error })
  }
  return {
    ...state,
    error: state.error,
    async start() {
      if (running.current || state.done) return
      const { signal } = (running.current = new AbortController())
      setState({ busy: true, done: false })
      try {
        end(signal, await work(signal))
      } catch (error) {
        end(signal, undefined, error)
      }
    },
    cancel() {
      running.current?.abort()
      onClose()
    },
  }
}
