import { useCallback } from 'react'

import { useEngine } from '../../lib/engine-context.tsx'
import { _, format } from '../../lib/gettext.ts'
import type { ContainerSummary } from '../../lib/live-data.ts'
import { useQuery } from '../../lib/location.ts'
import type { TerminalSize } from '../../lib/terminal-screen.ts'
import { NothingYet } from '../../ui/empty.tsx'
import { SelectField } from '../../ui/fields.tsx'
import { Terminal } from '../../ui/terminal.tsx'
import { nameOf } from '../grouping.ts'

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
    return <NothingYet title={_('It does not run')}>{_('A terminal opens in a running container. Start it first.')}</NothingYet>
  return (
    <div className="berth-terminal-tab">
      <SelectField
        label={_('Shell')}
        value={shell in commands ? shell : 'auto'}
        onChange={setShell}
        options={[
          ['auto', _('bash, or else sh')],
          ['bash', 'bash'],
          ['sh', 'sh'],
        ]}
      />
      <ExecTerminal key={shell} id={container.Id} name={nameOf(container)} shell={shell in commands ? shell : 'auto'} />
    </div>
  )
}

function ExecTerminal({ id, name, shell }: { id: string; name: string; shell: Shell }) {
  const { engine } = useEngine()
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
      const pipe = await engine['exec.start']({ id: exec.Id, body: { Detach: false, Tty: true, h: rows, w: columns } })
      return {
        pipe,
        resize: (size: TerminalSize) => engine['exec.resize']({ id: exec.Id, h: size.rows, w: size.columns }),
        close() {
          pipe.close()
          // Without its terminal the shell would stay in the container for ever.
          void engine['exec.remove']({ id: exec.Id, body: { Force: true } }).catch(() => {})
        },
      }
    },
    [engine, id, shell],
  )
  return <Terminal label={format(_('Shell in {name}'), { name })} connect={connect} />
}
