import { useState } from 'react'

import { commandLine } from '../../lib/command-line.ts'
import { useEngine } from '../../lib/engine-context.tsx'
import { _, format } from '../../lib/gettext.ts'
import type { ContainerSummary } from '../../lib/live-data.ts'
import { currentPlace, linkTo, navigate } from '../../lib/location.ts'
import { ActionDialog } from '../../ui/action-dialog.tsx'
import { CheckField } from '../../ui/fields.tsx'
import { isActive } from '../filtering.ts'
import { nameOf } from '../grouping.ts'

/** Removes a container, one that runs too. */
export function RemoveContainerDialog({ container, onClose }: { container: ContainerSummary; onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const [volumes, setVolumes] = useState(false)
  const name = nameOf(container)
  const runs = isActive(container)
  const remove = async () => {
    await engine['container.remove']({ name: container.Id, force: runs, v: volumes })
    await data.containers.refresh()
    if (currentPlace().path[1] === container.Id) navigate(linkTo(['containers']))
  }
  return (
    <ActionDialog
      title={format(_('Remove {name}?'), { name })}
      action={runs ? _('Stop and remove') : _('Remove')}
      danger
      failed={_('The container was not removed')}
      command={commandLine(can.program, 'rm', ...(runs ? ['--force'] : []), ...(volumes ? ['--volumes'] : []), name)}
      onSubmit={remove}
      onClose={onClose}
    >
      <p>
        {runs
          ? _('It runs, and will be stopped. What it wrote outside its volumes is lost.')
          : _('What it wrote outside its volumes is lost. Its image stays.')}
      </p>
      {container.Mounts.length > 0 && (
        <CheckField
          label={_('Remove its anonymous volumes too')}
          value={volumes}
          onChange={setVolumes}
          help={_('Volumes that have a name are kept.')}
        />
      )}
    </ActionDialog>
  )
}
