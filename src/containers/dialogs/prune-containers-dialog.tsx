import { useCallback } from 'react'

import { isPrunable, nameOf } from '../../engine/container-summary.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { useCall } from '../../hooks/use-call.ts'
import { formatSize } from '../../i18n/format.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { PruneDialog } from '../../ui/dialogs/prune-dialog.tsx'

const sizeOf = ({ Size }: ContainerSummary): number => Size?.rwSize ?? 0

/** Removes all containers that do not run, nor wait for their restart. */
export function PruneContainersDialog({ onClose }: { onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const list = useCallback((signal: AbortSignal) => engine['container.list']({ all: true, size: true }, { signal }), [engine])
  const { value, error } = useCall(list)
  const gone = value?.filter(isPrunable).toSorted((a, b) => sizeOf(b) - sizeOf(a))
  const prune = async () => {
    const report = await engine['container.prune']({})
    await data.containers.refresh()
    return report.map(({ Size, Err }) => ({ size: Size, reason: Err || undefined }))
  }
  return (
    <PruneDialog
      title={_('Prune containers')}
      failed={_('Failed to remove some containers')}
      command={commandLine(can.program, 'container', 'prune', '--force')}
      removals={gone?.map((container) => ({ key: container.Id, name: nameOf(container), size: sizeOf(container) }))}
      unknown={error && { title: _('Failed to list containers'), error }}
      label={_('Containers to remove')}
      nothing={_('There are no stopped containers to prune.')}
      about={aboutOf(gone ?? [])}
      code="ContainerInUse"
      onPrune={prune}
      done={(count) => ngettext('{n} container was removed.', '{n} containers were removed.', count)}
      onClose={onClose}
    />
  )
}

function aboutOf(containers: readonly ContainerSummary[]): string {
  const freed = containers.reduce((sum, container) => sum + sizeOf(container), 0)
  const what = ngettext(
    '{n} container that does not run is removed with its anonymous volumes.',
    '{n} containers that do not run are removed with their anonymous volumes.',
    containers.length,
  )
  return freed === 0 ? what : `${what} ${format(_('Frees at least {size} of disk space.'), { size: formatSize(freed) })}`
}
