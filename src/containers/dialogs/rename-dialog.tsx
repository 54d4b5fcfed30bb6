import { useState } from 'react'

import { commandLine } from '../../lib/command-line.ts'
import { useEngine } from '../../lib/engine-context.tsx'
import { _, format } from '../../lib/gettext.ts'
import type { ContainerSummary } from '../../lib/live-data.ts'
import { nameError } from '../../lib/names.ts'
import { ActionDialog } from '../../ui/action-dialog.tsx'
import { TextField } from '../../ui/fields.tsx'
import { nameOf } from '../grouping.ts'

/** Gives a container another name. */
export function RenameDialog({ container, onClose }: { container: ContainerSummary; onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const old = nameOf(container)
  const [name, setName] = useState(old)
  const error = name === '' ? _('Give a name.') : nameError(name)
  const rename = async () => {
    await engine['container.rename']({ container: container.Id, name })
    await data.containers.refresh()
  }
  return (
    <ActionDialog
      title={format(_('Rename {name}'), { name: old })}
      action={_('Rename')}
      failed={_('The container was not renamed')}
      disabled={error !== undefined || name === old}
      command={commandLine(can.program, 'rename', old, name)}
      onSubmit={rename}
      onClose={onClose}
    >
      <TextField label={_('New name')} value={name} onChange={setName} error={error} required autoFocus />
    </ActionDialog>
  )
}
