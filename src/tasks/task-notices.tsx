import { useEffect, useRef } from 'react'

import type { Task } from '../../engine/contract/index.ts'
import { useEngine } from '../engine/engine-context.tsx'
import { failureOf } from '../engine/tasks/task-feed.ts'
import { _, format } from '../i18n/gettext.ts'
import { useToasts } from '../ui/toasts.tsx'
import { taskTitle } from './titles.ts'
import { useTasks } from './use-tasks.ts'

/** Says when a task has ended that was started before the page was loaded, or elsewhere. */
export function TaskNotices() {
  const { tasks } = useTasks()
  const { tasks: feed } = useEngine()
  const { success, failure } = useToasts()
  const running = useRef<ReadonlySet<string>>(new Set())
  useEffect(() => {
    const tell = (task: Task) => {
      const title = taskTitle(task)
      if (task.State === 'done') success(format(_('{task}: done'), { task: title }))
      if (task.State === 'failed') failure(format(_('{task}: failed'), { task: title }), failureOf(task))
    }
    for (const task of tasks) if (running.current.has(task.Id) && !feed.isFollowed(task.Id)) tell(task)
    running.current = new Set(tasks.flatMap(({ Id, State }) => (State === 'running' && !feed.isFollowed(Id) ? Id : [])))
  }, [tasks, feed, success, failure])
  return null
}
