import { EngineError } from '../../errors/index.ts'
import { lineMatcher } from '../logs/line-matcher.ts'
import { timesOf } from '../logs/log-reader.ts'
import { searchLog } from '../logs/search-log.ts'
import type { Verb } from '../verb.ts'
import { logFile } from './records/log-file.ts'

const maxMatches = 100_000

/** The numbers of the lines that match. Ends with its reader, and lets others work meanwhile. */
export const logSearch: Verb<'container.logSearch'> = async (context, input, { signal }) => {
  if (input.limit < 1 || input.limit > maxMatches)
    throw new EngineError('InvalidArgument', `A search ends after 1 to ${maxMatches} lines, not ${input.limit}.`, {
      details: { field: 'limit' },
    })
  const matcher = await lineMatcher(input)
  const times = timesOf(input)
  const { file } = await logFile(context, input.name)
  return searchLog({ file, times, matcher, from: input.from, limit: input.limit, signal })
}
