import { useState } from 'react'

import { commandLine } from '../../lib/command-line.ts'
import { useEngine } from '../../lib/engine-context.tsx'
import { _, format } from '../../lib/gettext.ts'
import type { ContainerSummary } from '../../lib/live-data.ts'
import { ActionDialog } from '../../ui/action-dialog.tsx'
import { SelectField } from '../../ui/fields.tsx'
import { nameOf } from '../grouping.ts'

const signals = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const
type Signal = (typeof signals)[number]

/** Sends a signal to a container's first process. */
export function KillDialog({ container, onClose }: { container: ContainerSummary; onClose: () => void }) {
  const { engine, can } = useEngine()
  const [signal, setSignal] = useState<Signal>('SIGKILL')
  const name = nameOf(container)
  const words: Record<Signal, string> = {
    SIGKILL: _('SIGKILL – end at once'),
    SIGTERM: _('SIGTERM – ask to end'),
    SIGINT: _('SIGINT – as Ctrl-C'),
    SIGHUP: _('SIGHUP – often: read the configuration again'),
    SIGQUIT: _('SIGQUIT – as Ctrl-\\'),
    SIGUSR1: 'SIGUSR1',
    SIGUSR2: 'SIGUSR2',
  }
  return (
    <ActionDialog
      title={format(_('Send a signal to {name}'), { name })}
      action={_('Send')}
      danger={signal === 'SIGKILL'}
      failed={_('The signal was not sent')}
      command={commandLine(can.program, 'kill', '--signal', signal, name)}
      onSubmit={() => engine['container.kill']({ name: container.Id, signal })}
      onClose={onClose}
    >
      <SelectField
        label={_('Signal')}
        value={signal}
        onChange={setSignal}
        options={signals.map((each) => [each, words[each]])}
        help={_('With SIGKILL the program cannot save anything before it ends.')}
      />
    </ActionDialog>
  )
}
