import { auditSocket, listRecords } from '../../lib/audit/client.ts'
import { type AuditQuery, matcher } from '../../lib/audit/query.ts'
import { newestOf, readNewest } from '../../lib/audit/read.ts'
import type { AuditRecord } from '../../lib/audit/record.ts'
import type { Context } from '../context.ts'
import { ownLog } from './own-log.ts'

/**
 * The newest records that this user may see and that match: for root all, from the log itself; for others their own, from the audit
 * service and from what they wrote themselves while there was none.
 *
 * @throws EngineError `InvalidArgument` for an unknown filter.
 */
export async function newestRecords(context: Context, query: AuditQuery, signal?: AbortSignal): Promise<AuditRecord[]> {
  matcher(query)
  const own = readNewest({ folder: ownLog(context).path }, query)
  if (!context.identity.rootless) return Array.fromAsync(own)
  const served = await listRecords(auditSocket, query, signal)
  return Array.fromAsync(newestOf([each(served ?? []), asOwn(own)], query.limit))
}

async function* each(records: readonly AuditRecord[]): AsyncGenerator<AuditRecord, void, undefined> {
  yield* records
}

/** Records in a user's own file are claims of that user. */
export async function* asOwn(
  records: AsyncGenerator<AuditRecord, void, undefined>,
): AsyncGenerator<AuditRecord, void, undefined> {
  for await (const record of records) yield { ...record, source: 'own' }
}
