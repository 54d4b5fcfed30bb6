import { describe, fieldAt, operationNames, parseInput } from '../../contract/index.ts'
import type { OperationName, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import type { Verb } from '../verb.ts'
import { runningTasks } from './running/running-tasks.ts'

/** Characters of what is shown of an object's name. */
const maxObject = 500

/**
 * Starts a task. Its input is checked at once; all later failures are the task's. It goes on without its caller, and the process
 * that runs it waits for it before it ends.
 */
export const start: Verb<'task.start'> = async (context, { body }) => {
  const name = taskOperation(body)
  const parsed = parseInput(name, body.input) as Record<string, unknown>
  const object = (describe(name).task?.object ?? []).map((field) => fieldAt(parsed, field)).find((value) => !!value)
  const id = await runningTasks(context).start(name, typeof object === 'string' ? object.slice(0, maxObject) : '', (signal) =>
    context.call(name, body.input, { signal }),
  )
  return { Id: id }
}

function taskOperation({ operation }: Parsed<'task.start'>['body']): OperationName {
  const able = operationNames.filter((name) => describe(name).task !== undefined)
  const found = able.find((name) => name === operation)
  if (found !== undefined) return found
  throw new EngineError('InvalidArgument', `${operation} cannot run as a task; those that can are ${able.join(', ')}.`, {
    details: { field: 'operation' },
  })
}
