import { useState } from 'react'

import type { ContainerProcess } from '../../../engine/contract/index.ts'
import { nameOf } from '../../engine/container-summary.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { _, format } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { SelectField } from '../../ui/dialogs/fields.tsx'
import { type Signal, signals, signalTitles } from './signals.ts'

interface SignalProcessDialogProps {
  container: ContainerSummary
  process: ContainerProcess
  onClose: () => void
}

/** Sends a signal to one process of a container. */
export function SignalProcessDialog({ container, process: { Pid, Command }, onClose }: SignalProcessDialogProps) {
  const { engine, can } = useEngine()
  const [signal, setSignal] = useState<Signal>('SIGTERM')
  const name = nameOf(container)
  return (
    <ActionDialog
      title={format(_('Send signal to process {pid}'), { pid: Pid })}
      description={Command}
      action={_('Send')}
      danger={signal === 'SIGKILL'}
      failed={_('Failed to send the signal')}
      command={
        Pid === 1
          ? commandLine(can.program, 'kill', '--signal', signal, name)
          : commandLine(can.program, 'exec', name, 'kill', '-s', signal.slice(3), String(Pid))
      }
      onSubmit={() => engine['container.signalProcess']({ name: container.Id, pid: Pid, signal })}
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
