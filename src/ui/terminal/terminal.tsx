import { Alert, AlertActionLink } from '@patternfly/react-core/dist/esm/components/Alert'
import { Switch } from '@patternfly/react-core/dist/esm/components/Switch'
import type { Terminal as Xterm } from '@xterm/xterm'
import { type ReactNode, useEffect, useRef, useState } from 'react'

import { EngineError } from '../../../engine/errors/index.ts'
import { useKept } from '../../hooks/use-kept.ts'
import { _ } from '../../i18n/gettext.ts'
import { drawTerminal, type TerminalSession, type TerminalSize } from './terminal-screen.ts'

interface TerminalProps {
  label: string
  /** Starts the process. A new function starts another one; change the key as well. */
  connect: (size: TerminalSize) => Promise<TerminalSession>
  /** What stands above the terminal, beside its own switch. */
  children?: ReactNode
}

type End = { error?: EngineError }

/** A terminal that fills its box. */
export function Terminal({ label, connect, children }: TerminalProps) {
  const [screenReader, setScreenReader] = useKept('screen-reader', false)
  const atStart = useRef(screenReader)
  const terminal = useRef<Xterm>(null)
  const box = useRef<HTMLDivElement>(null)
  const [attempt, setAttempt] = useState(0)
  const [end, setEnd] = useState<End>()
  const openAgain = () => {
    setEnd(undefined)
    setAttempt(attempt + 1)
  }
  useEffect(() => {
    const stop = new AbortController()
    const onOpen = (opened: Xterm) => (terminal.current = opened)
    drawTerminal(box.current!, { label, connect, screenReader: atStart.current, onOpen, signal: stop.signal }).then(
      () => !stop.signal.aborted && setEnd({}),
      (error: unknown) => !stop.signal.aborted && setEnd({ error: EngineError.from(error) }),
    )
    return () => stop.abort()
  }, [label, connect, attempt])
  // The one that runs goes on.
  const changeScreenReader = (on: boolean) => {
    atStart.current = on
    setScreenReader(on)
    if (terminal.current) terminal.current.options.screenReaderMode = on
  }
  return (
    <div className="berth-terminal-frame">
      <div className="berth-terminal-head">
        {children}
        <Switch
          label={_('Screen reader mode')}
          isChecked={screenReader}
          onChange={(_event, checked) => changeScreenReader(checked)}
        />
      </div>
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
