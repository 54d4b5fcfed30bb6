import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import {
  NotificationDrawer,
  NotificationDrawerBody,
  NotificationDrawerHeader,
  NotificationDrawerList,
} from '@patternfly/react-core/dist/esm/components/NotificationDrawer'
import { useEffect, useRef } from 'react'

import { useEngine } from '../engine/engine-context.tsx'
import { _, ngettext } from '../i18n/gettext.ts'
import { TaskItem } from './task-item.tsx'
import { TransferItem } from './transfer-item.tsx'
import { useTasks } from './use-tasks.ts'

/** All tasks with their progress and results; each can be cancelled, or removed once it has ended. */
export function TasksDrawer({ onClose }: { onClose: () => void }) {
  const { engine, background } = useEngine()
  const { tasks, transfers, running } = useTasks()
  const panel = useRef<HTMLDivElement>(null)
  // The panel is on its way in: scrolling to it would move the page.
  const focus = () => panel.current?.querySelector<HTMLElement>('button[aria-label]')?.focus({ preventScroll: true })
  useEffect(focus, [])
  const ended = tasks.filter(({ State }) => State !== 'running')
  const endedHere = transfers.filter(({ outcome }) => outcome !== undefined)
  // One that another tab has removed meanwhile is gone all the same.
  const clear = () => {
    ended.forEach(({ Id }) => void engine['task.cancel']({ id: Id }).catch(() => {}))
    endedHere.forEach(background.remove)
    focus()
  }
  return (
    <NotificationDrawer
      ref={panel}
      className="berth-tasks"
      role="region"
      aria-label={_('Tasks')}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
    >
      <NotificationDrawerHeader
        title={_('Tasks')}
        {...(running > 0 && { customText: ngettext('{n} running', '{n} running', running) })}
        closeButtonAriaLabel={_('Close')}
        onClose={onClose}
      >
        {ended.length + endedHere.length > 0 && (
          <Button variant="link" size="sm" onClick={clear}>
            {_('Clear ended')}
          </Button>
        )}
      </NotificationDrawerHeader>
      <NotificationDrawerBody>
        {tasks.length + transfers.length === 0 ? (
          <p className="berth-tasks-empty">
            {_('Pulls, pushes and other long operations are listed here. They continue when you leave this page or log out.')}
          </p>
        ) : (
          <NotificationDrawerList aria-label={_('Tasks')}>
            {transfers.map((transfer) => (
              <TransferItem key={`${transfer.since} ${transfer.title}`} transfer={transfer} onRemove={focus} />
            ))}
            {tasks.map((task) => (
              <TaskItem key={task.Id} task={task} onRemove={focus} />
            ))}
          </NotificationDrawerList>
        )}
      </NotificationDrawerBody>
    </NotificationDrawer>
  )
}
