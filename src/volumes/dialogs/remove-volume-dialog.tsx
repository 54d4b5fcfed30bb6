import { useEngine } from '../../engine/engine-context.tsx'
import type { Volume } from '../../engine/live/live-data.ts'
import { currentRoute, linkTo, navigate } from '../../hooks/route.ts'
import { useStore } from '../../hooks/use-store.ts'
import { formatSize } from '../../i18n/format.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { wordFor } from './confirmation.ts'

/** Removes a volume, unless containers use it. */
export function RemoveVolumeDialog({ volume: { Name }, onClose }: { volume: Volume; onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const usage = useStore(data.volumeUsage).items?.find((each) => each.Name === Name)
  const users = usage?.Containers ?? []
  const remove = async () => {
    await engine['volume.remove']({ name: Name })
    await data.volumes.refresh()
    const [page, name] = currentRoute().path
    if (page === 'volumes' && name === Name) navigate(linkTo(['volumes']))
  }
  return (
    <ActionDialog
      title={format(_('Remove {name}?'), { name: Name })}
      action={_('Remove')}
      danger
      disabled={users.length > 0}
      confirmation={usage?.Size === 0 ? undefined : wordFor([Name])}
      failed={_('Failed to remove the volume')}
      command={commandLine(can.program, 'volume', 'rm', Name)}
      onSubmit={remove}
      onClose={onClose}
    >
      {users.length > 0 ? (
        <>
          <p>
            {ngettext(
              'A container uses this volume. Remove the container first:',
              '{n} containers use this volume. Remove the containers first:',
              users.length,
            )}
          </p>
          <ul className="berth-list">
            {users.map(({ Id, Name: name }) => (
              <li key={Id}>
                <a href={linkTo(['containers', Id])} onClick={onClose}>
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p>
          {usage && usage.Size > 0
            ? format(_('Its files are removed as well: {size}. This cannot be undone.'), { size: formatSize(usage.Size) })
            : _('Its files are removed as well. This cannot be undone.')}
        </p>
      )}
    </ActionDialog>
  )
}
