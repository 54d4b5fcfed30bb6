import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Td, Tr } from '@patternfly/react-table/dist/esm/components/Table'
import PlayIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-play-fill-icon'
import StopIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-stop-fill-icon'
import { memo } from 'react'

import { useEngine } from '../engine/engine-context.tsx'
import { format, _ } from '../i18n/gettext.ts'
import type { ContainerSummary } from '../engine/live/live-data.ts'
import { linkTo } from '../hooks/route.ts'
import { useSelected } from '../hooks/use-store.ts'
import { type Action, ActionsMenu } from '../ui/actions-menu.tsx'
import { ImageName } from '../ui/image-name.tsx'
import { ContainerState } from '../ui/container-state.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'
import type { ContainerActions } from './container-actions.tsx'
import { Ports } from './ports.tsx'
import { CpuCell, MemoryCell } from './usage-cells.tsx'
import { nameOf } from '../engine/container-summary.ts'

interface RowProps {
  container: ContainerSummary
  actionsOf: (container: ContainerSummary) => ContainerActions
}

/** One container in the table; rendered again only when it changed. */
export const ContainerRow = memo(function ContainerRow({ container, actionsOf }: RowProps) {
  const { pending } = useEngine()
  const { Id, Image, ImageID, StartedAt } = container
  const busy = useSelected(pending, (map) => map.get(Id))
  const name = nameOf(container)
  const { primary, groups } = actionsOf(container)
  return (
    <Tr>
      <Td dataLabel={_('Name')} className="berth-name-cell">
        <a href={linkTo(['containers', Id])} className="berth-name">
          {name}
        </a>
        <div className="berth-quiet berth-second">{container.Command?.join(' ')}</div>
      </Td>
      <Td dataLabel={_('Image')} className="berth-image-cell">
        <ImageName name={Image || ImageID} />
      </Td>
      <Td dataLabel={_('State')}>
        <ContainerState container={container} busy={busy} withNote />
      </Td>
      <Td dataLabel={_('CPU')}>
        <CpuCell id={Id} />
      </Td>
      <Td dataLabel={_('Memory')}>
        <MemoryCell id={Id} />
      </Td>
      <Td dataLabel={_('Ports')}>
        <Ports ports={container.Ports} />
      </Td>
      <Td dataLabel={_('Started')} modifier="nowrap">
        <TimeAgo value={StartedAt} />
      </Td>
      <Td isActionCell className="berth-actions-cell">
        <div className="berth-row-actions">
          {primary && <PrimaryButton action={primary} name={name} busy={busy !== undefined} />}
          <ActionsMenu label={format(_('Actions for {name}'), { name })} groups={groups} />
        </div>
      </Td>
    </Tr>
  )
})

function PrimaryButton({ action, name, busy }: { action: Action; name: string; busy: boolean }) {
  const label = format(_('{action} {name}'), { action: action.title, name })
  // The browser's own tooltip: there may be hundreds of rows.
  return (
    <Button
      title={action.title}
      variant="plain"
      aria-label={label}
      isDisabled={busy}
      onClick={action.run}
      icon={action.key === 'stop' ? <StopIcon /> : <PlayIcon />}
    />
  )
}
