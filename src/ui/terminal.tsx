import { Alert, AlertActionLink } from '@patternfly/react-core/dist/esm/components/Alert'
import { useEffect, useRef, useState } from 'react'

import { EngineError } from '../../engine/errors/index.ts'
import { _ } from '../lib/gettext.ts'
import { drawTerminal, type TerminalSession, type TerminalSize } from '../lib/terminal-screen.ts'

interface TerminalProps {
  label: string
  /** Starts the program. A new function starts another; give it a new key, too. */
  connect: (size: TerminalSize) => Promise<TerminalSession>
}

type End = { error?: EngineError }

/** A terminal that fills its box. */
export function Terminal({ label, connect }: TerminalProps) {
  const box = useRef<HTMLDivElement>(null)
  const [turn, setTurn] = useState(0)
  const [end, setEnd] = useState<End>()
  const openAgain = () => {
    setEnd(undefined)
    setTurn(turn + 1)
  }
  useEffect(() => {
    const stop = new AbortController()
    drawTerminal(box.current!, { label, connect, signal: stop.signal }).then(
      () => !stop.signal.aborted && setEnd({}),
      (error: unknown) => !stop.signal.aborted && setEnd({ error: EngineError.from(error) }),
    )
    return () => stop.abort()
  }, [label, connect, turn])
  return (
    <div className="berth-terminal-frame">
      {end && (
        <Alert
          isInline
          variant={end.error ? 'danger' : 'info'}
          title={end.error ? _('The terminal could not be opened') : _('The program ended')}
          actionLinks={<AlertActionLink onClick={openAgain}>{_('Open it again')}</AlertActionLink>}
        >
          {end.error?.message}
        </Alert>
      )}
      <div ref={box} className="berth-terminal" data-testid="terminal" />
    </div>
  )
}
