import type { Verb } from '../verb.ts'
import { queryOf } from './query.ts'
import { newestRecords } from './records.ts'

/** A page of the audit log, the newest record first. */
export const list: Verb<'audit.list'> = async (context, input, { signal }) => {
  const query = queryOf(input, input.limit)
  return newestRecords(context, { ...query, ...(input.before === undefined ? {} : { before: input.before }) }, signal)
}
