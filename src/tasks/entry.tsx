import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import {
  NotificationDrawerListItem,
  NotificationDrawerListItemBody,
  NotificationDrawerListItemHeader,
} from '@patternfly/react-core/dist/esm/components/NotificationDrawer'
import { Spinner } from '@patternfly/react-core/dist/esm/components/Spinner'
import CancelledIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-minus-circle-fill-icon'
import CloseIcon from '@patternfly/react-icons/dist/esm/icons/rh-microns-close-icon'
import type { ReactNode } from 'react'

import type { Task } from '../../engine/contract/index.ts'
import { formatDuration } from '../i18n/format.ts'
import { _, format } from '../i18n/gettext.ts'
import { TimeAgo } from '../ui/time-ago.tsx'
import { stateTitles } from './titles.ts'

interface EntryProps extends Times {
  title: string
  /** Cancels what runs; takes what has ended out of the list. */
  onRemove: () => void
  /** Its progress, or what it led to. */
  children: ReactNode
}

interface Times {
  state: Task['State']
  /** Milliseconds since the epoch. */
  started: number
  ended: number | undefined
}

const variants = { running: 'info', done: 'success', failed: 'danger', cancelled: 'custom' } as const

/** One entry of the list of tasks. */
export function Entry({ title, onRemove, children, ...times }: EntryProps) {
  const { state } = times
  const running = state === 'running'
  const icon = running ? <Spinner isInline aria-hidden="true" /> : state === 'cancelled' ? <CancelledIcon /> : null
  return (
    <NotificationDrawerListItem
      variant={variants[state]}
      isHoverable={false}
      isRead={!running}
      tabIndex={-1}
      readStateScreenReaderText={stateTitles()[state]}
    >
      <NotificationDrawerListItemHeader title={title} variant={variants[state]} icon={icon}>
        {running ? (
          <Button variant="link" size="sm" isInline onClick={onRemove} aria-label={format(_('Cancel: {title}'), { title })}>
            {_('Cancel')}
          </Button>
        ) : (
          <Button
            variant="plain"
            size="sm"
            icon={<CloseIcon />}
            onClick={onRemove}
            aria-label={format(_('Remove from the list: {title}'), { title })}
          />
        )}
      </NotificationDrawerListItemHeader>
      <NotificationDrawerListItemBody timestamp={<TimesOf {...times} />}>{children}</NotificationDrawerListItemBody>
    </NotificationDrawerListItem>
  )
}

/** When it was started or has ended, and how long it took. */
function TimesOf({ state, started, ended }: Times) {
  const title = stateTitles()[state]
  if (ended === undefined)
    return (
      <>
        {title} · <TimeAgo value={started / 1000} text={(ago) => format(_('started {ago}'), { ago })} />
      </>
    )
  const duration = formatDuration(Math.max(0, ended - started))
  return (
    <>
      {title} · <TimeAgo value={ended / 1000} /> · {format(_('took {duration}'), { duration })}
    </>
  )
}
