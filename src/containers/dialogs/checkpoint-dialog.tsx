import { useState } from 'react'

import { commandLine } from '../../lib/command-line.ts'
import { useEngine } from '../../lib/engine-context.tsx'
import { _, format } from '../../lib/gettext.ts'
import type { ContainerSummary } from '../../lib/live-data.ts'
import { ActionDialog } from '../../ui/action-dialog.tsx'
import { CheckField } from '../../ui/fields.tsx'
import { useToasts } from '../../ui/toasts.tsx'
import { nameOf } from '../grouping.ts'

/** Saves the memory and processes of a running container, so that it can go on from there later. */
export function CheckpointDialog({ container, onClose }: { container: ContainerSummary; onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const { success } = useToasts()
  const [keep, setKeep] = useState(false)
  const [leaveRunning, setLeaveRunning] = useState(false)
  const [tcpEstablished, setTcpEstablished] = useState(false)
  const name = nameOf(container)
  const save = async () => {
    await engine['container.checkpoint']({ name: container.Id, keep, leaveRunning, tcpEstablished })
    await data.containers.refresh()
    success(format(_('The state of {name} was saved.'), { name }))
  }
  const flags = [
    ...(keep ? ['--keep'] : []),
    ...(leaveRunning ? ['--leave-running'] : []),
    ...(tcpEstablished ? ['--tcp-established'] : []),
  ]
  return (
    <ActionDialog
      title={format(_('Checkpoint {name}'), { name })}
      description={_('Saves its memory and processes, and stops it. Restore lets it go on exactly from there.')}
      action={_('Checkpoint')}
      failed={_('The state was not saved')}
      command={commandLine(can.program, 'container', 'checkpoint', ...flags, name)}
      onSubmit={save}
      onClose={onClose}
    >
      <CheckField
        label={_('Leave it running')}
        value={leaveRunning}
        onChange={setLeaveRunning}
        help={_('It is paused only while its state is saved.')}
      />
      <CheckField
        label={_('Keep connections')}
        value={tcpEstablished}
        onChange={setTcpEstablished}
        help={_('Needed where it has open TCP connections.')}
      />
      <CheckField label={_('Keep the log files')} value={keep} onChange={setKeep} help={_('For finding out what went wrong.')} />
    </ActionDialog>
  )
}
