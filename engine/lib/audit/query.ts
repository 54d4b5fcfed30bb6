import { EngineError } from '../../errors/index.ts'
import { type AuditRecord, idAt } from './record.ts'

/** What is looked for. */
export interface AuditQuery {
  /** Milliseconds since 1970, both included. */
  since?: number
  until?: number
  /** Only records before the one with this id: the next page. */
  before?: string
  filters: Record<string, string[]>
  /** How many at most. */
  limit: number
}

/** Records of a page at most. */
export const largestPage = 1000

type Test = (record: AuditRecord, value: string) => boolean

const contains = (text: string | undefined, part: string): boolean => text?.toLowerCase().includes(part.toLowerCase()) === true

const tests: Readonly<Record<string, Test>> = {
  operation: ({ operation }, value) => operation === value || operation.startsWith(`${value}.`),
  user: ({ user, uid }, value) => user === value || String(uid) === value,
  object: ({ object, objectId }, value) => contains(object, value) || (value !== '' && objectId?.startsWith(value) === true),
  result: ({ result }, value) => (value === 'failed' ? result !== 'ok' : result === value),
  address: ({ address }, value) => address === value,
  via: ({ via }, value) => via === value,
  text: ({ operation, user, login, address, object, objectId, result }, value) =>
    [operation, user, login, address, object, objectId, result].some((each) => contains(each, value)),
}

/** The keys of filters. */
export const auditFilters: readonly string[] = Object.keys(tests)

/**
 * Whether a record is looked for: values of one key are alternatives, different keys must all hold.
 *
 * @throws EngineError `InvalidArgument` for a key that is no filter.
 */
export function matcher({ since, until, before, filters }: Omit<AuditQuery, 'limit'>): (record: AuditRecord) => boolean {
  const wanted = Object.entries(filters).map(([key, values]) => {
    const test = Object.hasOwn(tests, key) ? tests[key] : undefined
    if (test === undefined)
      throw new EngineError('InvalidArgument', `${key} is no filter of the audit log: there are ${auditFilters.join(', ')}.`, {
        details: { filter: key },
      })
    return { test, values }
  })
  const [first, last] = [since === undefined ? '' : idAt(since), until === undefined ? undefined : idAt(until + 1)]
  return (record) =>
    record.id >= first &&
    (last === undefined || record.id < last) &&
    (before === undefined || record.id < before) &&
    wanted.every(({ test, values }) => values.length === 0 || values.some((value) => test(record, value)))
}

/** A query that came over the audit service's socket. @throws EngineError `InvalidArgument` */
export function checkQuery(value: unknown): AuditQuery {
  const wrong = () => new EngineError('InvalidArgument', 'This is no query of the audit log.')
  if (typeof value !== 'object' || value === null) throw wrong()
  const { since, until, before, filters, limit } = value as Record<string, unknown>
  const times = [since, until].every((each) => each === undefined || (typeof each === 'number' && Number.isFinite(each)))
  if (!times || (before !== undefined && typeof before !== 'string')) throw wrong()
  if (typeof filters !== 'object' || filters === null || Array.isArray(filters)) throw wrong()
  for (const values of Object.values(filters))
    if (!Array.isArray(values) || values.some((each) => typeof each !== 'string')) throw wrong()
  if (!Number.isInteger(limit) || (limit as number) < 1 || (limit as number) > largestPage) throw wrong()
  return { since, until, before, filters, limit } as AuditQuery
}
