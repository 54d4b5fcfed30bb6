import { useState } from 'react'

import { commandLine } from '../../ui/command-line/shell-words.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { _, format } from '../../i18n/gettext.ts'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { currentRoute, linkTo, navigate } from '../../hooks/route.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { CheckField } from '../../ui/dialogs/fields.tsx'
import { isActive, nameOf } from '../../engine/container-summary.ts'

/** Removes a container; a running one is stopped. */
export function RemoveContainerDialog({ container, onClose }: { container: ContainerSummary; onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const [volumes, setVolumes] = useState(false)
  const name = nameOf(container)
  const runs = isActive(container)
  const remove = async () => {
    await engine['container.remove']({ name: container.Id, force: runs, v: volumes })
    await data.containers.refresh()
    if (currentRoute().path[1] === container.Id) navigate(linkTo(['containers']))
  }
  return (
    <ActionDialog
      title={format(_('Remove {name}?'), { name })}
      action={runs ? _('Stop and remove') : _('Remove')}
      danger
      failed={_('Failed to remove the container')}
      command={commandLine(can.program, 'rm', ...(runs ? ['--force'] : []), ...(volumes ? ['--volumes'] : []), name)}
      onSubmit={remove}
      onClose={onClose}
    >
      <p>
        {runs
          ? _('The container is running and will be stopped. Its data outside of volumes is lost.')
          : _('Its data outside of volumes is lost. The image is kept.')}
      </p>
      {container.Mounts.length > 0 && (
        <CheckField
          label={_('Remove anonymous volumes')}
          value={volumes}
          onChange={setVolumes}
          help={_('Named volumes are kept.')}
        />
      )}
    </ActionDialog>
  )
}
