import type { Parsed } from '../../contract/index.ts'
import type { AuditRecord } from '../../lib/audit/record.ts'
import { largestPage } from '../../lib/audit/query.ts'
import { csvLine } from '../../spec/csv.ts'
import type { Verb } from '../verb.ts'
import { queryOf } from './query.ts'
import { newestRecords } from './records.ts'

/** The columns of CSV, in the order in which people read them. */
const columns = [
  'time',
  'user',
  'uid',
  'login',
  'address',
  'via',
  'operation',
  'object',
  'objectId',
  'result',
  'duration',
  'source',
  'pid',
  'missed',
  'id',
] as const satisfies readonly (keyof AuditRecord)[]

/** All records that match as a file, the newest first, page after page. */
export const exportAudit: Verb<'audit.export'> = async (context, input, { signal }) => {
  const query = queryOf(input, largestPage)
  const page = (before?: AuditRecord) =>
    newestRecords(context, { ...query, ...(before === undefined ? {} : { before: before.id }) }, signal)
  return lines(await page(), page, input)
}

async function* lines(
  first: AuditRecord[],
  following: (before: AuditRecord) => Promise<AuditRecord[]>,
  { format, limit = Infinity }: Pick<Parsed<'audit.export'>, 'format' | 'limit'>,
): AsyncGenerator<Uint8Array> {
  const line = format === 'csv' ? recordLine : (record: AuditRecord) => `${JSON.stringify(record)}\n`
  if (format === 'csv') yield Buffer.from(csvLine(columns))
  let left = limit
  for (let page = first; page.length > 0 && left > 0;) {
    yield Buffer.from(page.slice(0, left).map(line).join(''))
    left -= page.length
    if (page.length < largestPage) return
    page = await following(page.at(-1)!)
  }
}

const recordLine = (record: AuditRecord): string => csvLine(columns.map((column) => record[column]))
