import * as v from 'valibot'

import { Anything, Filters, Integer, Moment } from './fields.ts'
import { type AuditRule, type Operation, operation } from './operation.ts'

/** Who did what: one record of the audit log. */
export const AuditRecord = v.object({
  /** Unique, and in the order of time. */
  id: v.string(),
  /** RFC 3339 with milliseconds, UTC. */
  time: v.string(),
  /** The operation's name, or `session.login`, `session.logout`, `session.end`. */
  operation: v.string(),
  /** Missing where no account has the given name. */
  uid: v.optional(v.number()),
  user: v.string(),
  /** The user who became root by sudo, as sudo reports it. */
  login: v.optional(v.string()),
  address: v.optional(v.string()),
  via: v.picklist(['console', 'api', 'cli']),
  /** The name of what it is about, or what the caller gave for it. */
  object: v.optional(v.string()),
  /** The id of that, where it was found or made. */
  objectId: v.optional(v.string()),
  /** `ok`, or an error's or problem's code. */
  result: v.string(),
  /** Milliseconds; of the end of a session how long it lasted. */
  duration: v.number(),
  pid: v.optional(v.number()),
  /** The reporter: the console's server, an engine identified by the kernel, or a process in its own user's file. */
  source: v.picklist(['server', 'engine', 'own']),
  /** Records of the same kind that were dropped before this one. */
  missed: v.optional(v.number()),
})
export type AuditRecord = v.InferOutput<typeof AuditRecord>

const times = {
  since: Moment,
  until: Moment,
}

/** By `operation` (or its noun), `user`, `object`, `result` (or `failed`), `address`, `via`, and `text` in any of them. */
const filters = v.optional(Filters, {})

export const auditOperations = {
  'audit.list': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/audit/json',
    summary: 'List who did what, the newest first: an administrator sees everybody, a user themselves',
    input: v.object({
      ...times,
      filters,
      limit: v.optional(v.pipe(Integer, v.minValue(1), v.maxValue(1000)), 100),
      /** The id of the last record of the page before. */
      before: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{1,64}$/, 'is no id of a record'))),
    }),
    output: () => v.array(AuditRecord),
    errors: ['InvalidArgument'],
    extension: true,
  }),
  'audit.follow': operation({
    kind: 'stream',
    method: 'GET',
    path: '/libpod/audit/follow',
    summary: 'Records of the audit log as they are written',
    input: v.object({ filters }),
    output: () => AuditRecord,
    errors: ['InvalidArgument'],
    extension: true,
  }),
  'audit.export': operation({
    kind: 'stream',
    method: 'GET',
    path: '/libpod/audit/export',
    summary: 'The audit log as a file: JSON, one record a line, or CSV',
    input: v.object({
      ...times,
      filters,
      format: v.optional(v.picklist(['json', 'csv']), 'json'),
      /** How many records at most; all if not given. */
      limit: v.optional(v.pipe(Integer, v.minValue(1))),
    }),
    format: 'bytes',
    output: () => Anything,
    firstByte: 'item',
    errors: ['InvalidArgument'],
    extension: true,
  }),
}

/** What the audit log records of an operation: every change, by its method unless the operation says otherwise. */
export function auditRule({ audit, method, path }: Operation): AuditRule | undefined {
  if (audit === false || method === 'GET' || method === 'HEAD') return undefined
  return { object: Array.from(path.matchAll(/\{(\w+)/g), ([, field]) => field!), ...audit }
}
