import { commandLine } from '../../lib/command-line.ts'
import { useEngine } from '../../lib/engine-context.tsx'
import { formatSize, shortId } from '../../lib/format.ts'
import { _, format, ngettext } from '../../lib/gettext.ts'
import type { Image } from '../../lib/live-data.ts'
import { linkTo } from '../../lib/location.ts'
import { useStore } from '../../lib/use-store.ts'
import { ActionDialog } from '../../ui/action-dialog.tsx'
import { namesOf, ownSize } from '../image-rows.ts'
import { leave } from '../leave.ts'
import { nameOf } from '../../containers/grouping.ts'
import { StateLabel } from '../../ui/state-label.tsx'

interface RemoveImageDialogProps {
  image: Image
  /** One of its names: only that one is taken away while it has others. */
  tag: string | undefined
  onClose: () => void
}

/** Removes an image; what uses it is named first. */
export function RemoveImageDialog({ image, tag, onClose }: RemoveImageDialogProps) {
  const { engine, data, can } = useEngine()
  const name = tag ?? image.Id
  const shown = tag ?? shortId(image.Id)
  const others = tag === undefined ? [] : namesOf(image).filter((each) => each !== tag)
  const users = (useStore(data.containers).items ?? []).filter(({ ImageID }) => ImageID === image.Id)
  const blocked = users.length > 0 && others.length === 0
  const remove = async () => {
    await engine['image.remove']({ name })
    await data.images.refresh()
    leave(image, name, others.length === 0)
  }
  return (
    <ActionDialog
      title={format(_('Remove {name}?'), { name: shown })}
      action={_('Remove')}
      danger
      disabled={blocked}
      failed={_('The image was not removed')}
      command={commandLine(can.program, 'rmi', shown)}
      onSubmit={remove}
      onClose={onClose}
    >
      {blocked && (
        <>
          <p>
            {ngettext(
              'A container uses it. Remove that container first:',
              '{n} containers use it. Remove those containers first:',
              users.length,
            )}
          </p>
          <ul className="berth-list">
            {users.map((container) => (
              <li key={container.Id}>
                <a href={linkTo(['containers', container.Id])} onClick={onClose}>
                  {nameOf(container)}
                </a>{' '}
                <StateLabel state={container.State} exitCode={container.ExitCode} />
              </li>
            ))}
          </ul>
        </>
      )}
      {!blocked && others.length > 0 && (
        <p>{format(_('Only this name is removed. The image stays as {names}.'), { names: others.join(', ') })}</p>
      )}
      {!blocked && others.length === 0 && (
        <p>{format(_('No container uses it. {size} of disk become free.'), { size: formatSize(ownSize(image)) })}</p>
      )}
    </ActionDialog>
  )
}
