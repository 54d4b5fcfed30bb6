import { NotificationBadge, NotificationBadgeVariant } from '@patternfly/react-core/dist/esm/components/NotificationBadge'
import ListIcon from '@patternfly/react-icons/dist/esm/icons/clipboard-list-icon'

import { _, format } from '../i18n/gettext.ts'
import { useTasks } from './use-tasks.ts'

/** Opens the list of tasks; shows how many run. */
export function TasksButton({ open, onToggle }: { open: boolean; onToggle: () => void }) {
  const { running } = useTasks()
  return (
    <NotificationBadge
      id="berth-tasks-button"
      variant={running > 0 ? NotificationBadgeVariant.unread : NotificationBadgeVariant.read}
      icon={<ListIcon />}
      count={running}
      isExpanded={open}
      onClick={onToggle}
      aria-label={running > 0 ? format(_('Tasks, {count} running'), { count: running }) : _('Tasks')}
    />
  )
}
