import { shortId } from '../../../engine/spec/name.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { formatSize } from '../../i18n/format.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import type { Image } from '../../engine/live/live-data.ts'
import { linkTo } from '../../hooks/route.ts'
import { useStore } from '../../hooks/use-store.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { namesOf, ownSize } from '../../engine/image-summary.ts'
import { leaveRemoved } from '../leave-removed.ts'
import { ContainerState } from '../../ui/container-state.tsx'
import { nameOf } from '../../engine/container-summary.ts'

interface RemoveImageDialogProps {
  image: Image
  /** One of its names: while it has others, only this one is removed. */
  tag: string | undefined
  onClose: () => void
}

/** Removes an image, unless containers use it. */
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
    leaveRemoved(image, name, others.length === 0)
  }
  return (
    <ActionDialog
      title={format(_('Remove {name}?'), { name: shown })}
      action={_('Remove')}
      danger
      disabled={blocked}
      failed={_('Failed to remove the image')}
      command={commandLine(can.program, 'rmi', shown)}
      onSubmit={remove}
      onClose={onClose}
    >
      {blocked && (
        <>
          <p>
            {ngettext(
              'A container uses this image. Remove the container first:',
              '{n} containers use this image. Remove the containers first:',
              users.length,
            )}
          </p>
          <ul className="berth-list">
            {users.map((container) => (
              <li key={container.Id}>
                <a href={linkTo(['containers', container.Id])} onClick={onClose}>
                  {nameOf(container)}
                </a>{' '}
                <ContainerState container={container} />
              </li>
            ))}
          </ul>
        </>
      )}
      {!blocked && others.length > 0 && (
        <p>{format(_('Only this name is removed. The image is kept as {names}.'), { names: others.join(', ') })}</p>
      )}
      {!blocked && others.length === 0 && (
        <p>{format(_('No container uses this image. Frees {size} of disk space.'), { size: formatSize(ownSize(image)) })}</p>
      )}
    </ActionDialog>
  )
}
