import { EngineError } from '../../errors/index.ts'
import type { Verb } from '../verb.ts'
import { readTask, removeTask, requestCancel } from './records/task-folder.ts'
import { runningTasks } from './running/running-tasks.ts'

/** Cancels a running task, wherever it runs, or removes one that has ended from the list. A cancelled one stays listed. */
export const cancel: Verb<'task.cancel'> = async (context, { id }) => {
  const found = readTask(context, id)
  if (found === undefined) throw new EngineError('TaskNotFound', `There is no task ${id}.`, { details: { id } })
  if (found.task.State !== 'running') removeTask(context, id)
  else if (!runningTasks(context).cancel(id)) requestCancel(context, id)
}
