import { useMemo } from 'react'

import { useEngine } from '../engine/engine-context.tsx'
import type { Volume } from '../engine/live/live-data.ts'
import { _ } from '../i18n/gettext.ts'
import type { Action } from '../ui/actions-menu.tsx'
import { useDialogs } from '../ui/dialogs/dialogs.tsx'
import { DownloadVolumeDialog, RemoveVolumeDialog, UploadVolumeDialog } from './dialogs/lazy.ts'

/** Returns the actions of a volume, in groups. */
export function useVolumeActions(): (volume: Volume) => readonly (readonly Action[])[] {
  const { can } = useEngine()
  const { open } = useDialogs()
  return useMemo(
    () => (volume) => {
      const transfer: Action[] = [
        {
          key: 'download',
          title: _('Download…'),
          run: () => open((close) => <DownloadVolumeDialog volume={volume} onClose={close} />),
        },
        {
          key: 'upload',
          title: _('Upload archive…'),
          run: () => open((close) => <UploadVolumeDialog volume={volume} onClose={close} />),
        },
      ]
      const remove: Action = {
        key: 'remove',
        title: _('Remove…'),
        danger: true,
        run: () => open((close) => <RemoveVolumeDialog volume={volume} onClose={close} />),
      }
      return [...(can.does('volume.export') ? [transfer] : []), [remove]]
    },
    [can, open],
  )
}
