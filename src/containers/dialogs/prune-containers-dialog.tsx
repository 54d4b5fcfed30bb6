import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton'
import { useCallback, useState } from 'react'

import type { Output } from '../../../engine/contract/index.ts'
import { EngineError } from '../../../engine/errors/index.ts'
import { isActive, nameOf } from '../../engine/container-summary.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { useCall } from '../../hooks/use-call.ts'
import { formatSize } from '../../i18n/format.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { ErrorAlert } from '../../ui/dialogs/error-alert.tsx'
import { RemovalList } from '../../ui/dialogs/removal-list.tsx'

type Report = Output<'container.prune'>

const sizeOf = ({ Size }: ContainerSummary): number => Size?.rwSize ?? 0

/** Removes all containers that do not run, after a list of them with what each frees. */
export function PruneContainersDialog({ onClose }: { onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const [report, setReport] = useState<Report>()
  const list = useCallback((signal: AbortSignal) => engine['container.list']({ all: true, size: true }, { signal }), [engine])
  const { value, error } = useCall(list)
  const gone = value?.filter((container) => !container.IsInfra && !isActive(container)).toSorted((a, b) => sizeOf(b) - sizeOf(a))
  const prune = async () => {
    const result = await engine['container.prune']({})
    setReport(result)
    await data.containers.refresh()
    const failed = result.filter(({ Err }) => Err)
    if (failed.length > 0) throw new EngineError('ContainerInUse', failed.map(({ Err }) => Err).join(' '))
    return 'stay' as const
  }
  return (
    <ActionDialog
      title={_('Prune containers')}
      action={_('Prune')}
      variant="medium"
      danger
      failed={_('Failed to remove some containers')}
      disabled={!gone || gone.length === 0}
      command={commandLine(can.program, 'container', 'prune', '--force')}
      onSubmit={prune}
      onClose={onClose}
    >
      {error && <ErrorAlert title={_('Failed to list containers')} error={error} />}
      {!gone && !error && <Skeleton height="6rem" screenreaderText={_('Loading')} />}
      {report ? <PruneResult report={report} /> : gone && <PrunePreview containers={gone} />}
    </ActionDialog>
  )
}

function PrunePreview({ containers }: { containers: readonly ContainerSummary[] }) {
  if (containers.length === 0) return <p>{_('There are no stopped containers to prune.')}</p>
  const freed = containers.reduce((sum, container) => sum + sizeOf(container), 0)
  return (
    <div>
      <p>
        {ngettext(
          '{n} container that does not run is removed with its anonymous volumes.',
          '{n} containers that do not run are removed with their anonymous volumes.',
          containers.length,
        )}{' '}
        {format(_('Frees at least {size} of disk space.'), { size: formatSize(freed) })}
      </p>
      <RemovalList
        label={_('Containers to remove')}
        removals={containers.map((container) => ({ key: container.Id, name: nameOf(container), size: sizeOf(container) }))}
      />
    </div>
  )
}

function PruneResult({ report }: { report: Report }) {
  const done = report.filter(({ Err }) => !Err)
  const freed = done.reduce((sum, { Size }) => sum + Size, 0)
  return (
    <p role="status">
      {ngettext('{n} container was removed.', '{n} containers were removed.', done.length)}{' '}
      {format(_('{size} of disk space was freed.'), { size: formatSize(freed) })}
    </p>
  )
}
