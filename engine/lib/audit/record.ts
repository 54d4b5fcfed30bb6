import { randomHex } from '../random-id.ts'
import { isIP } from '../host/ip-version.ts'

/**
 * One line of the audit log: who did what, when, with what result.
 *
 * In what the audit service wrote, `id`, `time`, `uid`, `user`, `pid` and `source` come from the service and the kernel. The other
 * fields come from the console's server where `source` is `server`, else that of the process which did it.
 */
export interface AuditRecord {
  /** Unique, and in the order of time. */
  id: string
  /** RFC 3339 with milliseconds, UTC. */
  time: string
  /** An operation of the contract, or `session.login`, `session.logout`, `session.end`. */
  operation: string
  /** Missing where nobody has the name that was given. */
  uid?: number
  user: string
  /** Who became root by sudo, as sudo says. */
  login?: string
  /** Where from: an IP address. */
  address?: string
  via: AuditVia
  /** The name of what it is about, or what the caller gave for it. */
  object?: string
  /** The id of that, where it was found or made. */
  objectId?: string
  /** `ok`, or the code of an error or problem. */
  result: string
  /** Milliseconds; for the end of a session how long it lasted. */
  duration: number
  pid?: number
  source: AuditSource
  /** Records of the same kind that were dropped before this one, because there were too many. */
  missed?: number
}

/** How it was requested. */
export type AuditVia = 'console' | 'api' | 'cli'

/** The reporter: the console's server; an engine, through the service or as root; a process in its own user's file. */
export type AuditSource = 'server' | 'engine' | 'own'

/** What a process reports about its action; the writer adds the rest. */
export type AuditClaim = Pick<
  AuditRecord,
  'operation' | 'login' | 'address' | 'via' | 'object' | 'objectId' | 'result' | 'duration'
>

/** Characters of an object's name, and of an id. */
const longestObject = 512
const longestId = 128

const ways: readonly string[] = ['console', 'api', 'cli'] satisfies AuditVia[]

let lastTime = 0
let sequence = 0

/** A new id for this moment, greater than all that this process made before: 12 hexadecimal digits of milliseconds, 4 of a count, 8 at random. */
export function newRecordId(now = Date.now()): string {
  sequence = now > lastTime ? 0 : sequence + 1
  lastTime = Math.max(now, lastTime)
  return idAt(lastTime, sequence) + randomHex(4)
}

/** The beginning of all ids of a moment. */
export function idAt(milliseconds: number, count = 0): string {
  const time = Math.min(Math.max(0, Math.floor(milliseconds)), 0xffff_ffff_ffff)
  return time.toString(16).padStart(12, '0') + Math.min(count, 0xffff).toString(16).padStart(4, '0')
}

/**
 * A claim that may be anything, as one that can be written: everything bounded, without control characters and without the
 * user names, passwords and tokens that an address can hold.
 *
 * @returns undefined for what is no claim.
 */
export function checkClaim(value: unknown): AuditClaim | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { operation, login, address, via, object, objectId, result, duration } = value as Record<string, unknown>
  if (!isName(operation) || !isWord(result) || typeof via !== 'string' || !ways.includes(via)) return undefined
  if (typeof duration !== 'number' || !Number.isFinite(duration) || duration < 0) return undefined
  const from = cleanAddress(address)
  return {
    operation,
    via: via as AuditVia,
    result,
    duration: Math.min(Math.round(duration), Number.MAX_SAFE_INTEGER),
    ...(isAccountName(login) ? { login } : {}),
    ...(from === undefined ? {} : { address: from }),
    ...(typeof object === 'string' && object !== '' ? { object: cleanText(object, longestObject) } : {}),
    ...(typeof objectId === 'string' && objectId !== '' ? { objectId: cleanText(objectId, longestId) } : {}),
  }
}

const isName = (value: unknown): value is string => typeof value === 'string' && /^[a-z]{1,32}\.[A-Za-z]{1,32}$/.test(value)
const isWord = (value: unknown): value is string => typeof value === 'string' && /^[A-Za-z][A-Za-z-]{0,39}$/.test(value)
const isAccountName = (value: unknown): value is string => typeof value === 'string' && /^[A-Za-z_][\w.@-]{0,63}\$?$/.test(value)

/** An IP address without its zone; an IPv4-mapped IPv6 address as IPv4. `undefined` for anything else. */
export function cleanAddress(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 64) return undefined
  const address = value.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '')
  return isIP(address) === 0 ? undefined : address
}

/** What is between `//` and the last `@` of an address, unless that starts a digest. */
const userInfo = /\/\/\S*@(?!sha\d+:)/g

/** Text of one line, bounded, without control characters and without the part of an address before its `@`. */
export function cleanText(text: string, longest: number): string {
  return (
    text
      .slice(0, 4 * longest)
      .replace(userInfo, '//***@')
      // oxlint-disable-next-line no-control-regex -- they are what is looked for
      .replace(/[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '�')
      .slice(0, longest)
      .toWellFormed()
  )
}

/** A line of a log as a record; undefined for what is none, such as a line that a full disk cut off. */
export function parseRecord(line: string): AuditRecord | undefined {
  try {
    const record = JSON.parse(line) as AuditRecord | null
    const whole =
      typeof record?.id === 'string' &&
      typeof record.time === 'string' &&
      typeof record.user === 'string' &&
      (record.uid === undefined || Number.isInteger(record.uid)) &&
      (record.source === 'server' || record.source === 'engine' || record.source === 'own')
    const claim = whole ? checkClaim(record) : undefined
    if (claim === undefined || record === null) return undefined
    const { id, time, uid, user, pid, source, missed } = record
    return {
      id: id.slice(0, 64),
      time: time.slice(0, 32),
      user: cleanText(user, 256),
      ...claim,
      source,
      ...(uid === undefined ? {} : { uid }),
      ...(typeof pid === 'number' ? { pid } : {}),
      ...(typeof missed === 'number' ? { missed } : {}),
    }
  } catch {
    return undefined
  }
}
