import { Alert, AlertActionLink } from '@patternfly/react-core/dist/esm/components/Alert'
import { useEffect, useRef, useState } from 'react'

import { EngineError } from '../../../engine/errors/index.ts'
import { _ } from '../../i18n/gettext.ts'
import { drawTerminal, type TerminalSession, type TerminalSize } from './terminal-screen.ts'

interface TerminalProps {
  label: string
  /** Starts the process. A new function starts another one; change the key as well. */
  connect: (size: TerminalSize) => Promise<TerminalSession>
}

type End = { error?: EngineError }

/** A terminal that fills its box. */
export function Terminal({ label, connect }: TerminalProps) {
  const box = useRef<HTMLDivElement>(null)
  const [attempt, setAttempt] = useState(0)
  const [end, setEnd] = useState<End>()
  const openAgain = () => {
    setEnd(undefined)
    setAttempt(attempt + 1)
  }
  useEffect(() => {
    const stop = new AbortController()
    drawTerminal(box.current!, { label, connect, signal: stop.signal }).then(
      () => !stop.signal.aborted && setEnd({}),
      (error: unknown) => !stop.signal.aborted && setEnd({ error: EngineError.from(error) }),
    )
    return () => stop.abort()
  }, [label, connect, attempt])
  return (
    <div className="berth-terminal-frame">
      {end && (
        <Alert
          isInline
          variant={end.error ? 'danger' : 'info'}
          title={end.error ? _('Failed to open the terminal') : _('The process has ended')}
          actionLinks={<AlertActionLink onClick={openAgain}>{_('Reconnect')}</AlertActionLink>}
        >
          {end.error?.message}
        </Alert>
      )}
      <div ref={box} className="berth-terminal" data-testid="terminal" />
    </div>
  )
}
