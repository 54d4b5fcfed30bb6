import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import {
  NotificationDrawerListItem,
  NotificationDrawerListItemBody,
  NotificationDrawerListItemHeader,
} from '@patternfly/react-core/dist/esm/components/NotificationDrawer'
import { Progress, ProgressSize } from '@patternfly/react-core/dist/esm/components/Progress'
import { Spinner } from '@patternfly/react-core/dist/esm/components/Spinner'
import CancelledIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-minus-circle-fill-icon'
import CloseIcon from '@patternfly/react-icons/dist/esm/icons/rh-microns-close-icon'
import { useRef } from 'react'

import type { Task } from '../../engine/contract/index.ts'
import { useEngine } from '../engine/engine-context.tsx'
import { failureOf } from '../engine/tasks/task-feed.ts'
import { bytesOf, createRate, shareOf } from '../engine/transfers/transfer.ts'
import { formatDuration, formatPercent, formatRate, formatSize } from '../i18n/format.ts'
import { _, format } from '../i18n/gettext.ts'
import { problemText } from '../i18n/problem.ts'
import { TimeAgo } from '../ui/time-ago.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { resultText, stateTitles, taskTitle } from './titles.ts'

const variants = { running: 'info', done: 'success', failed: 'danger', cancelled: 'custom' } as const

/** One task: progress while it runs, then its result or error, with its times. `onRemove`: it goes, and the focus with it. */
export function TaskItem({ task, onRemove }: { task: Task; onRemove: () => void }) {
  const { engine } = useEngine()
  const { failure } = useToasts()
  const title = taskTitle(task)
  const running = task.State === 'running'
  const remove = () => {
    onRemove()
    engine['task.cancel']({ id: task.Id }).catch((error: unknown) =>
      failure(running ? _('Failed to cancel the task') : _('Failed to remove the task from the list'), error),
    )
  }
  const variant = variants[task.State]
  const icon = running ? <Spinner isInline aria-hidden="true" /> : task.State === 'cancelled' ? <CancelledIcon /> : null
  return (
    <NotificationDrawerListItem
      variant={variant}
      isHoverable={false}
      isRead={!running}
      tabIndex={-1}
      readStateScreenReaderText={stateTitles()[task.State]}
    >
      <NotificationDrawerListItemHeader title={title} variant={variant} icon={icon}>
        {running ? (
          <Button variant="link" size="sm" isInline onClick={remove} aria-label={format(_('Cancel: {title}'), { title })}>
            {_('Cancel')}
          </Button>
        ) : (
          <Button
            variant="plain"
            size="sm"
            icon={<CloseIcon />}
            onClick={remove}
            aria-label={format(_('Remove from the list: {title}'), { title })}
          />
        )}
      </NotificationDrawerListItemHeader>
      <NotificationDrawerListItemBody timestamp={<Times task={task} />}>
        {running ? <TaskProgress task={task} title={title} /> : <Outcome task={task} />}
      </NotificationDrawerListItemBody>
    </NotificationDrawerListItem>
  )
}

/** When it was started or has ended, and how long it took. */
function Times({ task: { State, Started, Ended } }: { task: Task }) {
  const took = Ended === undefined ? undefined : formatDuration(Math.max(0, Date.parse(Ended) - Date.parse(Started)))
  return (
    <>
      {stateTitles()[State]} · <TimeAgo value={Ended ?? Started} />
      {took !== undefined && ` · ${format(_('took {duration}'), { duration: took })}`}
    </>
  )
}

function TaskProgress({ task, title }: { task: Task; title: string }) {
  const state = { layers: task.Layers, lines: task.Lines, rate: 0, id: undefined, digest: undefined }
  const { current, total } = bytesOf(state)
  const rateOf = useRef(createRate())
  const last = useRef({ task, rate: 0 })
  if (last.current.task !== task) last.current = { task, rate: rateOf.current(Date.now(), current) }
  if (task.Layers.length === 0) return <>{task.Lines.at(-1) ?? ''}</>
  const percent = shareOf(state) * 100
  return (
    <>
      <Progress aria-label={title} size={ProgressSize.sm} value={percent} label={formatPercent(percent)} />
      <span className="berth-tasks-sum">
        <span>{format(_('{current} of {total}'), { current: formatSize(current), total: formatSize(total) })}</span>
        <span>{formatRate(last.current.rate)}</span>
      </span>
    </>
  )
}

function Outcome({ task }: { task: Task }) {
  if (task.State !== 'failed') return <span className="berth-tasks-text">{resultText(task) ?? ''}</span>
  const error = failureOf(task)
  return (
    <span className="berth-tasks-text">
      {problemText(error)} <code>{error.code}</code>
    </span>
  )
}
