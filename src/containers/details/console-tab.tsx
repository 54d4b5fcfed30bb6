import { useCallback } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import { _, format } from '../../i18n/gettext.ts'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import type { TerminalSize } from '../../ui/terminal/terminal-screen.ts'
import { EmptyView } from '../../ui/empty-states.tsx'
import { Terminal } from '../../ui/terminal/terminal.tsx'
import { nameOf } from '../../engine/container-summary.ts'

/** The terminal of the container's main process. */
export function ConsoleTab({ container }: { container: ContainerSummary }) {
  if (container.State !== 'running')
    return (
      <EmptyView title={_('The container is not running')}>
        {_('The console is attached to the main process. Start the container first.')}
      </EmptyView>
    )
  return (
    <div className="berth-terminal-tab">
      <p className="berth-quiet">{_('This terminal is attached to the main process: ending the process stops the container.')}</p>
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
