import { type ReactNode, useCallback } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import { _, format } from '../../i18n/gettext.ts'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { useQuery } from '../../hooks/route.ts'
import type { TerminalSize } from '../../ui/terminal/terminal-screen.ts'
import { EmptyView } from '../../ui/empty-states.tsx'
import { SelectField } from '../../ui/dialogs/fields.tsx'
import { Terminal } from '../../ui/terminal/terminal.tsx'
import { nameOf } from '../../engine/container-summary.ts'

type Shell = 'auto' | 'sh' | 'bash'

const commands: Record<Shell, string[]> = {
  auto: ['sh', '-c', 'command -v bash >/dev/null 2>&1 && exec bash; exec sh'],
  sh: ['sh'],
  bash: ['bash'],
}

/** A shell inside the container. */
export function TerminalTab({ container }: { container: ContainerSummary }) {
  const [shell, setShell] = useQuery<Shell>('shell', 'auto')
  if (container.State !== 'running')
    return (
      <EmptyView title={_('The container is not running')}>
        {_('A terminal requires a running container. Start the container first.')}
      </EmptyView>
    )
  return (
    <div className="berth-terminal-tab">
      <ExecTerminal key={shell} id={container.Id} name={nameOf(container)} shell={shell in commands ? shell : 'auto'}>
        <SelectField
          label={_('Shell')}
          value={shell in commands ? shell : 'auto'}
          onChange={setShell}
          options={[
            ['auto', _('bash, or sh if missing')],
            ['bash', 'bash'],
            ['sh', 'sh'],
          ]}
        />
      </ExecTerminal>
    </div>
  )
}

interface ExecTerminalProps {
  id: string
  name: string
  shell: Shell
  children: ReactNode
}

function ExecTerminal({ id, name, shell, children }: ExecTerminalProps) {
  const { engine, can } = useEngine()
  // Berth ends the shell with its connection, however that ends; Podman has to be told.
  const bound = can.program === 'berth'
  const connect = useCallback(
    async ({ rows, columns }: TerminalSize) => {
      const exec = await engine['exec.create']({
        name: id,
        body: {
          AttachStdin: true,
          AttachStdout: true,
          AttachStderr: true,
          Tty: true,
          Cmd: commands[shell],
          Env: ['TERM=xterm-256color'],
        },
      })
      const pipe = await engine['exec.start']({
        id: exec.Id,
        body: { Detach: false, Tty: true, h: rows, w: columns, ...(bound ? { EndOnDisconnect: true } : {}) },
      })
      return {
        pipe,
        resize: (size: TerminalSize) => engine['exec.resize']({ id: exec.Id, h: size.rows, w: size.columns }),
        close() {
          pipe.close()
          if (!bound) void engine['exec.remove']({ id: exec.Id, body: { Force: true } }).catch(() => {})
        },
      }
    },
    [engine, id, shell, bound],
  )
  return (
    <Terminal label={format(_('Shell in {name}'), { name })} connect={connect}>
      {children}
    </Terminal>
  )
}
