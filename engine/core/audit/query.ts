import type { Parsed } from '../../contract/index.ts'
import type { AuditQuery } from '../../lib/audit/query.ts'
import { parseMoment } from '../time/moment.ts'

/** What a caller asks for, with its moments read. @throws EngineError `InvalidArgument` */
export function queryOf(input: Pick<Parsed<'audit.export'>, 'since' | 'until' | 'filters'>, limit: number): AuditQuery {
  const moment = (field: 'since' | 'until') =>
    input[field] ? { [field]: Number(parseMoment(input[field], field) / 1_000_000n) } : {}
  return { ...moment('since'), ...moment('until'), filters: input.filters, limit }
}
