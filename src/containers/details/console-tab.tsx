import { useCallback } from 'react'

import { useEngine } from '../../lib/engine-context.tsx'
import { _, format } from '../../lib/gettext.ts'
import type { ContainerSummary } from '../../lib/live-data.ts'
import type { TerminalSize } from '../../lib/terminal-screen.ts'
import { NothingYet } from '../../ui/empty.tsx'
import { Terminal } from '../../ui/terminal.tsx'
import { nameOf } from '../grouping.ts'

/** The terminal of the container's own program. */
export function ConsoleTab({ container }: { container: ContainerSummary }) {
  if (container.State !== 'running')
    return <NothingYet title={_('It does not run')}>{_('The console is that of its program. Start it first.')}</NothingYet>
  return (
    <div className="berth-terminal-tab">
      <p className="berth-quiet">{_('This is the terminal of its own program: ending that ends the container.')}</p>
      <AttachTerminal id={container.Id} name={nameOf(container)} />
    </div>
  )
}

function AttachTerminal({ id, name }: { id: string; name: string }) {
  const { engine } = useEngine()
  const connect = useCallback(
    async ({ rows, columns }: TerminalSize) => {
      await engine['container.resize']({ name: id, h: rows, w: columns }).catch(() => {})
      const pipe = await engine['container.attach']({
        name: id,
        stream: true,
        logs: true,
        stdin: true,
        stdout: true,
        stderr: true,
      })
      return {
        pipe,
        resize: (size: TerminalSize) => engine['container.resize']({ name: id, h: size.rows, w: size.columns }),
        close: () => pipe.close(),
      }
    },
    [engine, id],
  )
  return <Terminal label={format(_('Console of {name}'), { name })} connect={connect} />
}
