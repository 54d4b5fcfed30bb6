import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Card } from '@patternfly/react-core/dist/esm/components/Card'
import { Label } from '@patternfly/react-core/dist/esm/components/Label'
import { SearchInput } from '@patternfly/react-core/dist/esm/components/SearchInput'
import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton'
import { useCallback, useMemo, useState } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { useCall } from '../../hooks/use-call.ts'
import { _, C_, ngettext } from '../../i18n/gettext.ts'
import { ErrorAlert } from '../../ui/dialogs/error-alert.tsx'
import { EmptyView } from '../../ui/empty-states.tsx'
import { LiveRegion } from '../../ui/live-region.tsx'
import { MoreRows, useFirstRows } from '../../ui/tables/more-rows.tsx'

/** Files that a container changed against its image. */
export function ChangesTab({ container }: { container: ContainerSummary }) {
  const { engine } = useEngine()
  const [filter, setFilter] = useState('')
  const ask = useCallback(
    (signal: AbortSignal) => engine['container.changes']({ name: container.Id, diffType: 'container' }, { signal }),
    [engine, container.Id],
  )
  const { value, error, reload } = useCall(ask)
  const changes = useMemo(
    () => (value ?? []).filter(({ Path }) => Path.includes(filter)).toSorted((a, b) => a.Path.localeCompare(b.Path)),
    [value, filter],
  )
  const { shown, showMore } = useFirstRows(changes, filter)
  if (error) return <ErrorAlert title={_('Failed to list the changes')} error={error} />
  if (value === undefined) return <Skeleton height="12rem" screenreaderText={_('Loading')} />
  if ((value ?? []).length === 0)
    return (
      <EmptyView title={_('No changes')}>{_('The files are those of the image. What is in volumes is not listed.')}</EmptyView>
    )
  return (
    <>
      <div className="berth-changes-bar">
        <SearchInput
          aria-label={_('Filter by path')}
          placeholder={_('Filter by path')}
          value={filter}
          onChange={(_event, text) => setFilter(text)}
          onClear={() => setFilter('')}
        />
        <Button variant="secondary" onClick={reload}>
          {_('Refresh')}
        </Button>
        <LiveRegion>{ngettext('{n} change', '{n} changes', changes.length)}</LiveRegion>
        <span className="berth-quiet" aria-hidden="true">
          {ngettext('{n} change', '{n} changes', changes.length)}
        </span>
      </div>
      <Card isCompact>
        <ul className="berth-changes" aria-label={_('Changes')}>
          {shown.map(({ Path, Kind }) => (
            <li key={Path}>
              <ChangeLabel kind={Kind} />
              <code className="berth-code">{Path}</code>
            </li>
          ))}
        </ul>
        <MoreRows shown={shown.length} all={changes.length} onMore={showMore} />
      </Card>
    </>
  )
}

/** As `diff` has them: 0 changed, 1 added, 2 deleted. */
function ChangeLabel({ kind }: { kind: number }) {
  if (kind === 1)
    return (
      <Label isCompact color="green">
        {C_('file', 'Added')}
      </Label>
    )
  if (kind === 2)
    return (
      <Label isCompact color="red">
        {C_('file', 'Deleted')}
      </Label>
    )
  return (
    <Label isCompact color="blue">
      {C_('file', 'Changed')}
    </Label>
  )
}
