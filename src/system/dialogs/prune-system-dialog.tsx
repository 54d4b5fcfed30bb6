import { useMemo, useState } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import { runTask } from '../../engine/tasks/run-transfer.ts'
import { formatSize } from '../../i18n/format.ts'
import { _, format } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { CheckField } from '../../ui/dialogs/fields.tsx'
import { isNothing, PruneContents, usePruneForecast } from './prune-contents.tsx'

/** Removes what nothing uses. It runs as a task: it goes on when the dialog is closed. */
export function PruneSystemDialog({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const context = useEngine()
  const { engine, can } = context
  const [all, setAll] = useState(false)
  const [volumes, setVolumes] = useState(false)
  const choice = useMemo(() => ({ all, volumes }), [all, volumes])
  const forecast = usePruneForecast(choice)
  const [freed, setFreed] = useState<number>()
  const submit = async (signal: AbortSignal) => {
    const input = { all, volumes }
    const space = can.does('task.start')
      ? (await runTask(context, 'system.prune', input, signal)).Result?.ReclaimedSpace
      : (await engine['system.prune'](input, { signal })).ReclaimedSpace
    setFreed(space ?? 0)
    onDone()
    return 'stay' as const
  }
  const flags = ['--force', ...(all ? ['--all'] : []), ...(volumes ? ['--volumes'] : [])]
  return (
    <ActionDialog
      title={_('Prune unused data')}
      action={_('Prune')}
      variant="medium"
      danger
      disabled={isNothing(forecast)}
      confirmation={freed === undefined && forecast.removals?.volumes.some(({ size = 0 }) => size > 0) ? _('Prune') : undefined}
      failed={_('Failed to prune unused data')}
      command={freed === undefined ? commandLine(can.program, 'system', 'prune', ...flags) : undefined}
      onSubmit={submit}
      onClose={onClose}
      {...(can.does('task.start') ? { onDetach: () => () => {} } : {})}
    >
      {freed === undefined ? (
        <>
          <p>{_('Removes all stopped containers, pods without running containers, unused networks and dangling images.')}</p>
          <PruneContents forecast={forecast} />
          <CheckField
            label={_('Also remove all images without containers')}
            value={all}
            onChange={setAll}
            help={_('They must be pulled or built again when needed.')}
          />
          <CheckField
            label={_('Also remove volumes that no container uses')}
            value={volumes}
            onChange={setVolumes}
            help={_('Their data cannot be restored.')}
          />
        </>
      ) : (
        <p role="status">{format(_('{size} of disk space was freed.'), { size: formatSize(freed) })}</p>
      )}
    </ActionDialog>
  )
}
