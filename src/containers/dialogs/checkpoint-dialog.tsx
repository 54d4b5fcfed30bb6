import { useState } from 'react'

import { commandLine } from '../../ui/command-line/shell-words.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { _, format } from '../../i18n/gettext.ts'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { CheckField } from '../../ui/dialogs/fields.tsx'
import { useToasts } from '../../ui/toasts.tsx'
import { nameOf } from '../../engine/container-summary.ts'

/** Checkpoints a running container. */
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
    success(format(_('A checkpoint of {name} was created.'), { name }))
  }
  const flags = [
    ...(keep ? ['--keep'] : []),
    ...(leaveRunning ? ['--leave-running'] : []),
    ...(tcpEstablished ? ['--tcp-established'] : []),
  ]
  return (
    <ActionDialog
      title={format(_('Checkpoint {name}'), { name })}
      description={_('Saves the state of all processes to disk and stops the container. Restore resumes it from there.')}
      action={_('Checkpoint')}
      failed={_('Failed to checkpoint the container')}
      command={commandLine(can.program, 'container', 'checkpoint', ...flags, name)}
      onSubmit={save}
      onClose={onClose}
    >
      <CheckField
        label={_('Leave running')}
        value={leaveRunning}
        onChange={setLeaveRunning}
        help={_('The container is only paused while the checkpoint is written.')}
      />
      <CheckField
        label={_('Keep established TCP connections')}
        value={tcpEstablished}
        onChange={setTcpEstablished}
        help={_('Required if the container has open TCP connections.')}
      />
      <CheckField
        label={_('Keep temporary checkpoint files')}
        value={keep}
        onChange={setKeep}
        help={_('Log and statistics files of CRIU, for debugging.')}
      />
    </ActionDialog>
  )
}
