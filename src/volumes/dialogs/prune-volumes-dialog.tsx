import { useState } from 'react'

import type { Output } from '../../../engine/contract/index.ts'
import { EngineError } from '../../../engine/errors/index.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { useStore } from '../../hooks/use-store.ts'
import { formatSize } from '../../i18n/format.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { RemovalList } from '../../ui/dialogs/removal-list.tsx'

type Report = Output<'volume.prune'>

/** Removes unused volumes, after a preview. */
export function PruneVolumesDialog({ onClose }: { onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const [report, setReport] = useState<Report>()
  const usage = useStore(data.volumeUsage).items ?? []
  const gone = usage.filter(({ Containers }) => Containers.length === 0).toSorted((a, b) => b.Size - a.Size)
  const freed = (sizes: readonly { Size: number }[]) => formatSize(sizes.reduce((sum, { Size }) => sum + Size, 0))
  const submit = async () => {
    const result = await engine['volume.prune']({})
    await Promise.all([data.volumes.refresh(), data.volumeUsage.refresh()])
    setReport(result)
    const wrong = result.filter(({ Err }) => Err)
    if (wrong.length > 0) throw new EngineError('VolumeInUse', wrong.map(({ Err }) => Err).join(' '))
    return 'stay' as const
  }
  return (
    <ActionDialog
      title={_('Prune volumes')}
      action={_('Prune')}
      variant="medium"
      danger
      failed={_('Failed to remove some volumes')}
      disabled={gone.length === 0}
      command={commandLine(can.program, 'volume', 'prune')}
      onSubmit={submit}
      onClose={onClose}
    >
      {report && (
        <p role="status">
          {ngettext('{n} volume was removed.', '{n} volumes were removed.', report.filter(({ Err }) => !Err).length)}{' '}
          {format(_('{size} of disk space was freed.'), { size: freed(report) })}
        </p>
      )}
      {!report && gone.length === 0 && <p>{_('No volumes to remove.')}</p>}
      {!report && gone.length > 0 && (
        <div>
          <p>
            {ngettext(
              '{n} volume that no container uses is removed.',
              '{n} volumes that no container uses are removed.',
              gone.length,
            )}{' '}
            {format(_('Frees {size} of disk space.'), { size: freed(gone) })} {_('Their files are lost.')}
          </p>
          <RemovalList
            label={_('Volumes to remove')}
            removals={gone.map(({ Name, Size }) => ({ key: Name, name: Name, size: Size }))}
          />
        </div>
      )}
    </ActionDialog>
  )
}
