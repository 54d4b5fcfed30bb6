import PlayIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-play-fill-icon'
import StopIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-stop-fill-icon'
import { memo, type ReactNode } from 'react'

import { shortId } from '../../engine/spec/name.ts'
import { useEngine } from '../engine/engine-context.tsx'
import { format, _ } from '../i18n/gettext.ts'
import type { ContainerSummary } from '../engine/live/live-data.ts'
import { linkTo } from '../hooks/route.ts'
import { useSelected } from '../hooks/use-store.ts'
import { type Action, ActionsMenu } from '../ui/actions-menu.tsx'
import { ImageName } from '../ui/image-name.tsx'
import { PlainCell, PlainRow } from '../ui/tables/plain-row.tsx'
import { RowCheck } from '../ui/tables/row-check.tsx'
import { ContainerState } from '../ui/container-state.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'
import type { ContainerActions } from './container-actions.tsx'
import type { Column, ColumnKey } from './list/columns.ts'
import { Ports } from './ports.tsx'
import { CpuCell, MemoryCell } from './usage-cells.tsx'
import { nameOf } from '../engine/container-summary.ts'

interface RowProps {
  container: ContainerSummary
  /** Its place in the table, from 1; the headings are 1. */
  position: number
  columns: readonly Column[]
  selected: boolean
  onSelect: (id: string, on: boolean) => void
  actionsOf: (container: ContainerSummary) => ContainerActions
}

/** What stands in each column. `busy` is the operation that runs on the container. */
const cells: Record<ColumnKey, (container: ContainerSummary, busy: string | undefined) => ReactNode> = {
  image: ({ Image, ImageID }) => (
    <a href={linkTo(['images', ImageID || Image])}>
      <ImageName name={Image || ImageID} />
    </a>
  ),
  state: (container, busy) => <ContainerState container={container} busy={busy} withNote />,
  cpu: ({ Id }) => <CpuCell id={Id} />,
  memory: ({ Id }) => <MemoryCell id={Id} />,
  ports: ({ Id, Ports: ports }) => <Ports key={Id} ports={ports} limit={2} />,
  started: ({ StartedAt }) => <TimeAgo value={StartedAt} />,
  created: ({ Created }) => <TimeAgo value={Created} />,
  networks: ({ Networks }) => Networks?.join(', ') || <span aria-hidden="true">–</span>,
  id: ({ Id }) => <code title={Id}>{shortId(Id)}</code>,
}

/** One container in the table; rendered again only when it changed. Its elements may become another container's. */
export const ContainerRow = memo(function ContainerRow(props: RowProps) {
  const { container, position, columns, selected, onSelect, actionsOf } = props
  const { Id } = container
  const { pending } = useEngine()
  const busy = useSelected(pending, (map) => map.get(Id))
  const name = nameOf(container)
  const { primary, groups } = actionsOf(container)
  return (
    <PlainRow id={Id} position={position} selected={selected} className="berth-container">
      <PlainCell className="berth-select-cell">
        <RowCheck
          id={`berth-select-${Id}`}
          label={format(_('Select {name}'), { name })}
          checked={selected}
          onChange={(on) => onSelect(Id, on)}
        />
      </PlainCell>
      <PlainCell label={_('Name')} className="berth-name-cell">
        <a href={linkTo(['containers', Id])} className="berth-name" title={name}>
          {name}
        </a>
        <div className="berth-quiet berth-second" title={container.Command?.join(' ')}>
          {container.Command?.join(' ')}
        </div>
      </PlainCell>
      {columns.map(({ key, title }) => (
        <PlainCell key={key} label={title()} className={`berth-${key}-cell`}>
          {cells[key](container, busy)}
        </PlainCell>
      ))}
      <PlainCell actions className="berth-actions-cell">
        <div className="berth-row-actions">
          {primary && <PrimaryButton action={primary} name={name} busy={busy !== undefined} />}
          <ActionsMenu label={format(_('Actions for {name}'), { name })} groups={groups} />
        </div>
      </PlainCell>
    </PlainRow>
  )
})

function PrimaryButton({ action, name, busy }: { action: Action; name: string; busy: boolean }) {
  const label = format(_('{action} {name}'), { action: action.title, name })
  // The browser's own tooltip and button: there may be hundreds of rows.
  return (
    <button
      type="button"
      title={action.title}
      className={`pf-v6-c-button pf-m-plain${busy ? ' pf-m-disabled' : ''}`}
      aria-label={label}
      disabled={busy}
      onClick={action.run}
    >
      <span className="pf-v6-c-button__icon">{action.key === 'stop' ? <StopIcon /> : <PlayIcon />}</span>
    </button>
  )
}
