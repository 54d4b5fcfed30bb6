import type { Verb } from '../verb.ts'
import { readTasks } from './records/task-folder.ts'

/** The tasks of all processes of this user since the host's start, the oldest first. */
export const list: Verb<'task.list'> = async (context) => readTasks(context).map(({ task }) => task)
