import { readFileSync, statSync } from 'node:fs'
import { passwdEntry } from '../adapters/getent.ts'
import { rateLimit } from '../lib/async/rate-limit.ts'

/** An account as records name it. */
export interface AuditAccount {
  name: string
  uid: number
}

/** Milliseconds for which a result of the directory service is cached. */
const fresh = 60_000

/** Cached results. */
const maxCached = 4096

/** Looks accounts up in all of the system's sources. */
export interface AuditAccounts {
  /** By exactly this name: digits are no uid here. */
  byName(name: string): Promise<AuditAccount | undefined>
  byUid(uid: number): Promise<AuditAccount | undefined>
}

/**
 * Accounts of /etc/passwd, and of a directory service by getent: with a limit of concurrent queries, since clients that query any
 * sub-uid, or log in with any name, could otherwise overload the host.
 */
export function auditAccounts(passwd = '/etc/passwd'): AuditAccounts {
  const known = new Map<string, { account: Promise<AuditAccount | undefined>; until: number }>()
  const mayAsk = rateLimit({ burst: 40, perSecond: 20 })
  const local = localAccounts(passwd)
  const lookUp = (key: string, is: (account: AuditAccount) => boolean): Promise<AuditAccount | undefined> => {
    const found = local().find(is)
    if (found !== undefined) return Promise.resolve(found)
    const kept = known.get(key)
    if (kept !== undefined && kept.until > Date.now()) return kept.account
    if (!mayAsk('')) return Promise.resolve(undefined)
    const account = queryDirectory(key).then((answer) => (answer !== undefined && is(answer) ? answer : undefined))
    if (known.size >= maxCached) known.clear()
    known.set(key, { account, until: Date.now() + fresh })
    return account
  }
  return {
    byName: async (name) =>
      /^[^\s:,\0]{1,256}$/u.test(name) && !/^\d+$/.test(name) ? lookUp(name, (each) => each.name === name) : undefined,
    byUid: (uid) => lookUp(String(uid), (each) => each.uid === uid),
  }
}

/** The file's accounts, read again when it has changed. */
function localAccounts(file: string): () => AuditAccount[] {
  let read = ''
  let accounts: AuditAccount[] = []
  return () => {
    const { mtimeMs, ino, size } = statSync(file)
    const now = `${mtimeMs} ${ino} ${size}`
    if (now !== read) accounts = readFileSync(file, 'utf8').split('\n').flatMap(parseAccount)
    read = now
    return accounts
  }
}

function parseAccount(line: string): AuditAccount[] {
  const [name = '', , uid = ''] = line.split(':')
  return name !== '' && /^\d+$/.test(uid) ? [{ name, uid: Number(uid) }] : []
}

async function queryDirectory(key: string): Promise<AuditAccount | undefined> {
  const line = await passwdEntry(key)
  return line === undefined ? undefined : parseAccount(line)[0]
}
