import { useState } from 'react'

import { commandLine } from '../../ui/command-line/shell-words.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { _, format } from '../../i18n/gettext.ts'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { nameError } from '../../i18n/problem.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { TextField } from '../../ui/dialogs/fields.tsx'
import { nameOf } from '../../engine/container-summary.ts'

/** Renames a container. */
export function RenameDialog({ container, onClose }: { container: ContainerSummary; onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const old = nameOf(container)
  const [name, setName] = useState(old)
  const error = name === '' ? _('Enter a name.') : nameError(name)
  const rename = async () => {
    await engine['container.rename']({ container: container.Id, name })
    await data.containers.refresh()
  }
  return (
    <ActionDialog
      title={format(_('Rename {name}'), { name: old })}
      action={_('Rename')}
      failed={_('Failed to rename the container')}
      disabled={error !== undefined || name === old}
      command={commandLine(can.program, 'rename', old, name)}
      onSubmit={rename}
      onClose={onClose}
    >
      <TextField label={_('New name')} value={name} onChange={setName} error={error} required autoFocus />
    </ActionDialog>
  )
}
