import { useState } from 'react'

import { commandLine } from '../../ui/command-line/shell-words.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { _, format } from '../../i18n/gettext.ts'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { SelectField } from '../../ui/dialogs/fields.tsx'
import { type Signal, signals, signalTitles } from './signals.ts'
import { nameOf } from '../../engine/container-summary.ts'

/** Sends a signal to a container's main process. */
export function KillDialog({ container, onClose }: { container: ContainerSummary; onClose: () => void }) {
  const { engine, can } = useEngine()
  const [signal, setSignal] = useState<Signal>('SIGKILL')
  const name = nameOf(container)
  return (
    <ActionDialog
      title={format(_('Send signal to {name}'), { name })}
      action={_('Send')}
      danger={signal === 'SIGKILL'}
      failed={_('Failed to send the signal')}
      command={commandLine(can.program, 'kill', '--signal', signal, name)}
      onSubmit={() => engine['container.kill']({ name: container.Id, signal })}
      onClose={onClose}
    >
      <SelectField
        label={_('Signal')}
        value={signal}
        onChange={setSignal}
        options={signals.map((each) => [each, signalTitles()[each]])}
        help={_('SIGKILL ends the process before it can save its data.')}
      />
    </ActionDialog>
  )
}
