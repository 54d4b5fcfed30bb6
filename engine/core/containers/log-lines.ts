import { EngineError } from '../../errors/index.ts'
import { matcherOf, openLog, readPage, timesOf } from '../logs/log-reader.ts'
import type { Verb } from '../verb.ts'
import { logFile } from './records/log-file.ts'

const maxCount = 1000

/** Some lines of a container's log. Takes as long wherever they are, and reads the whole log once, to number its lines. */
export const logLines: Verb<'container.logLines'> = async (context, input, { signal }) => {
  const { count, from } = input
  if (count < 1 || count > maxCount)
    throw new EngineError('InvalidArgument', `From 1 to ${maxCount} lines are read at a time, not ${count}.`, {
      details: { field: 'count' },
    })
  const times = timesOf(input)
  const matcher = await matcherOf(input)
  const { file } = await logFile(context, input.name)
  await using log = await openLog(file, times, signal)
  return await readPage(log, from, count, matcher)
}
