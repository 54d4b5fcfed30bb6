import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import {
  NotificationDrawerListItem,
  NotificationDrawerListItemBody,
  NotificationDrawerListItemHeader,
} from '@patternfly/react-core/dist/esm/components/NotificationDrawer'
import { Progress, ProgressSize } from '@patternfly/react-core/dist/esm/components/Progress'

import type { BackgroundTransfer } from '../engine/transfers/background-transfers.ts'
import { useStore } from '../hooks/use-store.ts'
import { formatPercent } from '../i18n/format.ts'
import { _, format } from '../i18n/gettext.ts'
import { TimeAgo } from '../ui/time-ago.tsx'
import { stateTitles } from './titles.ts'

/** Work of this page, such as an upload: it ends with the page. */
export function TransferItem({ transfer: { title, share, since, stop } }: { transfer: BackgroundTransfer }) {
  const percent = useStore(share) * 100
  return (
    <NotificationDrawerListItem
      variant="info"
      isHoverable={false}
      tabIndex={-1}
      readStateScreenReaderText={stateTitles().running}
    >
      <NotificationDrawerListItemHeader title={title} variant="info">
        <Button variant="link" size="sm" isInline onClick={stop} aria-label={format(_('Cancel: {title}'), { title })}>
          {_('Cancel')}
        </Button>
      </NotificationDrawerListItemHeader>
      <NotificationDrawerListItemBody timestamp={<TimeAgo value={new Date(since).toISOString()} />}>
        <Progress aria-label={title} size={ProgressSize.sm} value={percent} label={formatPercent(percent)} />
        {_('Ends when this page is closed.')}
      </NotificationDrawerListItemBody>
    </NotificationDrawerListItem>
  )
}
