import { useEngine } from '../../engine/engine-context.tsx'
import type { VolumeUsage } from '../../engine/live/live-data.ts'
import { useStore } from '../../hooks/use-store.ts'
import { formatSize } from '../../i18n/format.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { PruneDialog } from '../../ui/dialogs/prune-dialog.tsx'
import { wordFor } from './confirmation.ts'

/** Removes unused volumes. */
export function PruneVolumesDialog({ onClose }: { onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const { items, error } = useStore(data.volumeUsage)
  const gone = items?.filter(({ Containers }) => Containers.length === 0).toSorted((a, b) => b.Size - a.Size)
  const prune = async () => {
    const report = await engine['volume.prune']({})
    await Promise.all([data.volumes.refresh(), data.volumeUsage.refresh()])
    return report.map(({ Size, Err }) => ({ size: Size, reason: Err || undefined }))
  }
  return (
    <PruneDialog
      title={_('Prune volumes')}
      failed={_('Failed to remove some volumes')}
      command={commandLine(can.program, 'volume', 'prune')}
      removals={gone?.map(({ Name, Size }) => ({ key: Name, name: Name, size: Size }))}
      unknown={items ? undefined : error && { title: _('Failed to list volumes'), error }}
      label={_('Volumes to remove')}
      nothing={_('No volumes to remove.')}
      about={aboutOf(gone ?? [])}
      code="VolumeInUse"
      confirmation={gone?.some(({ Size }) => Size > 0) ? wordFor(gone.map(({ Name }) => Name)) : undefined}
      onPrune={prune}
      done={(count) => ngettext('{n} volume was removed.', '{n} volumes were removed.', count)}
      onClose={onClose}
    />
  )
}

function aboutOf(volumes: readonly VolumeUsage[]): string {
  const what = ngettext(
    '{n} volume that no container uses is removed.',
    '{n} volumes that no container uses are removed.',
    volumes.length,
  )
  const freed = volumes.reduce((sum, { Size }) => sum + Size, 0)
  return [
    what,
    ...(freed > 0 ? [format(_('Frees {size} of disk space.'), { size: formatSize(freed) })] : []),
    ngettext('The files in it are lost.', 'The files in them are lost.', volumes.length),
  ].join(' ')
}
