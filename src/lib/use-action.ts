import { useEffect, useRef, useState } from 'react'

/**
 * Shows that something goes on whose dialog is gone; `stop` cancels it. The returned function is called at its end, with its
 * failure if it failed or was cancelled.
 */
export type Hide = (stop: () => void) => (error?: unknown) => void

/** One thing that is done on demand, and how it is doing. */
export interface Action {
  readonly busy: boolean
  /** It was done, and what came of it is looked at. */
  readonly done: boolean
  readonly error: unknown
  /** Does it. Nothing happens while it is done already. */
  readonly start: () => Promise<void>
  /** Ends it and closes. */
  readonly cancel: () => void
}

/**
 * Does `work` and calls `onClose` afterwards, unless it says `stay`. When the component goes meanwhile it is cancelled, or goes on
 * if `onHide` says where; `onLate` is then told of a failure.
 */
export function useAction(
  work: (signal: AbortSignal) => Promise<void | 'stay'>,
  onClose: () => void,
  onHide: Hide | undefined,
  onLate: (error: unknown) => void,
): Action {
  const [state, setState] = useState<{ busy: boolean; done: boolean; error?: unknown }>({ busy: false, done: false })
  const running = useRef<AbortController>(null)
  const hide = useRef(onHide)
  hide.current = onHide
  const hidden = useRef<ReturnType<Hide>>(undefined)
  useEffect(
    () => () => {
      const stop = running.current
      if (!stop || stop.signal.aborted) return
      if (hide.current) hidden.current = hide.current(() => stop.abort())
      else stop.abort()
    },
    [],
  )
  const end = (signal: AbortSignal, next: void | 'stay', error?: unknown) => {
    running.current = null
    if (hidden.current) {
      hidden.current(error)
      if (error !== undefined && !signal.aborted) onLate(error)
    } else if (signal.aborted) setState({ busy: false, done: false })
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
