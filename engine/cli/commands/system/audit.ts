import type { AuditRecord, Engine } from '../../../contract/index.ts'
import { command } from '../../command.ts'
import { signalWhenInterrupted } from '../../terminal/interrupt.ts'
import { formatDuration } from '../../../spec/duration.ts'
import { renderRows } from '../../output/report.ts'
import { bool, number, text, texts } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { parseFilters } from '../../flags/targets.ts'
import { print, stdout } from '../../output/print.ts'

/** Records of a table, and of a request. */
const tableLimit = 100
const pageLimit = 1000

export const audit = command({
  summary: 'Show who did what',
  description:
    'Prints the audit log, the newest record first: logins and every operation that changes something, with who asked for it, from where, and how it ended. Root sees everybody, others themselves. Filters: operation (container.start, or container for all of them), user, object, result (a code, ok, or failed), address, via (console, api, cli), and text in any of them.',
  examples: [
    'berth audit --since 24h --filter result=failed',
    'berth audit --filter user=alice --filter operation=container',
    'berth audit --format csv >audit.csv',
  ],
  flags: {
    filter: texts('f', 'Filter output'),
    follow: bool('', 'Print records as they are written'),
    format: text('', 'Change the output to JSON, CSV or a Go template'),
    limit: number('n', 'Show so many records at most, 0 for all (default 100 in a table, all as JSON and CSV)', {
      value: 'uint',
    }),
    since: text('', 'Show records from a time on, or of a duration before now'),
    until: text('', 'Show records up to a time'),
  },
  args: { max: 0 },
  async run({ flags, engine }) {
    const signal = signalWhenInterrupted()
    const { since, until, format, limit } = flags
    const filters = parseFilters(flags.filter)
    if (flags.follow && (since !== undefined || until !== undefined || limit !== undefined))
      throw new UsageError('--follow shows what is to come: leave out --since, --until and --limit')
    if (flags.follow && format === 'csv') throw new UsageError('--follow prints a table, JSON or a Go template, not CSV')
    const api = await engine()
    try {
      if (flags.follow) await printNew(api, filters, format, signal)
      else if (format === 'json' || format === 'csv') await printExport(api, { since, until, filters, format, limit }, signal)
      else printRows(await collect(api, { since, until, filters }, limit ?? tableLimit, signal), format)
    } catch (error) {
      if (!signal.aborted) throw error
    }
  },
})

interface AuditSelection {
  since: string | undefined
  until: string | undefined
  filters: Record<string, string[]>
}

async function printExport(
  api: Engine,
  { limit, ...selection }: AuditSelection & { format: 'json' | 'csv'; limit: number | undefined },
  signal: AbortSignal,
): Promise<void> {
  const bytes = await api['audit.export']({ ...selection, ...(limit ? { limit } : {}) }, { signal })
  for await (const chunk of bytes)
    if (!stdout().write(chunk)) await new Promise<void>((resolve) => stdout().once('drain', resolve))
}

/** Page after page, up to `limit`; 0 for all. */
async function collect(api: Engine, selection: AuditSelection, limit: number, signal: AbortSignal): Promise<AuditRecord[]> {
  const most = limit === 0 ? Infinity : limit
  const records: AuditRecord[] = []
  while (records.length < most) {
    const wanted = Math.min(pageLimit, most - records.length)
    const before = records.at(-1)?.id
    const page = await api['audit.list']({ ...selection, limit: wanted, ...(before === undefined ? {} : { before }) }, { signal })
    records.push(...page)
    if (page.length < wanted) break
  }
  return records
}

async function printNew(
  api: Engine,
  filters: Record<string, string[]>,
  format: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  for await (const record of await api['audit.follow']({ filters }, { signal })) {
    if (format === 'json') stdout().write(`${JSON.stringify(record)}\n`)
    else printRows([record], format, true)
  }
}

function printRows(records: readonly AuditRecord[], format: string | undefined, noHeading = false): void {
  print(
    renderRows(records.map(row), {
      name: 'audit',
      type: 'audit.Record',
      format,
      normal: '{{.Time}}\t{{.User}}\t{{.Address}}\t{{.Via}}\t{{.Operation}}\t{{.Object}}\t{{.Result}}\t{{.Took}}',
      noHeading,
    }),
  )
}

/** Fields of a template; missing fields are empty. */
const row = (record: AuditRecord) => ({
  ID: record.id,
  Time: record.time,
  Operation: record.operation,
  UID: record.uid ?? '',
  User: record.login === undefined ? record.user : `${record.user} (${record.login})`,
  Address: record.address ?? '',
  Via: record.via,
  Object: record.object ?? '',
  ObjectID: record.objectId ?? '',
  Result: record.result,
  Duration: record.duration,
  Took: formatDuration(record.duration * 1e6),
  PID: record.pid ?? '',
  Source: record.source,
  Missed: record.missed ?? 0,
})
