import { useCallback, useState } from 'react'

import { commandLine } from '../../ui/command-line/shell-words.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { currentRoute, linkTo, navigate } from '../../hooks/route.ts'
import { useCall } from '../../hooks/use-call.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { CheckField } from '../../ui/dialogs/fields.tsx'
import { isActive, nameOf } from '../../engine/container-summary.ts'
import { isAnonymousVolume } from '../../engine/anonymous-volume.ts'

/** Removes a container; a running one is stopped. What becomes of its volumes is asked. */
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
      {container.Mounts.length > 0 && <Volumes container={container} value={volumes} onChange={setVolumes} />}
    </ActionDialog>
  )
}

interface VolumesProps {
  container: ContainerSummary
  value: boolean
  onChange: (value: boolean) => void
}

/** Which volumes may go with the container, and which stay. */
function Volumes({ container, value, onChange }: VolumesProps) {
  const { engine } = useEngine()
  const inspect = useCall(
    useCallback((signal: AbortSignal) => engine['container.inspect']({ name: container.Id }, { signal }), [engine, container.Id]),
  ).value
  const volumes = inspect?.Mounts.filter(({ Type }) => Type === 'volume')
  const anonymous = volumes?.filter(({ Name = '' }) => isAnonymousVolume(Name))
  const named = volumes?.flatMap(({ Name = '' }) => (isAnonymousVolume(Name) ? [] : [Name])) ?? []
  const kept =
    named.length > 0 ? format(_('Named volumes are kept: {names}.'), { names: named.join(', ') }) : _('Named volumes are kept.')
  if (anonymous?.length === 0) return named.length > 0 ? <p>{kept}</p> : null
  return (
    <CheckField
      label={
        anonymous
          ? format(
              ngettext('Remove its anonymous volume ({places})', 'Remove its {n} anonymous volumes ({places})', anonymous.length),
              { places: anonymous.map(({ Destination }) => Destination).join(', ') },
            )
          : _('Remove anonymous volumes')
      }
      value={value}
      onChange={onChange}
      help={kept}
    />
  )
}
