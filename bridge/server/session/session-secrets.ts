import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { isSecret, ProblemError, type TicketUse } from '../../protocol/index.ts'

/** Secrets that a session keeps, one for each tab that logged in or was handed one; beyond, the longest unused is void. */
const maxSecrets = 64

/** Tickets that may be out at once; beyond, the oldest is void. */
const maxTickets = 64

/** Invalid tickets for a secret within {@link failureWindow} after which further ones are refused. */
const maxFailures = 10

/** Milliseconds. */
const failureWindow = 60_000

/** What a ticket is for; `once` is for the first page of a session that a one-time address made. */
export type AnyTicketUse = TicketUse | 'once'

/** The secrets and tickets of one session. Only their hashes are kept. */
export interface SessionSecrets {
  /** A new secret, returned once. */
  issue(): string
  /** Whether `secret` is one of this session's. Constant time. */
  holds(secret: string | undefined): boolean
  /** A ticket that is valid once, for a short time and for one use. */
  ticket(use: AnyTicketUse): string
  /**
   * Uses up a ticket; false for one that is not valid.
   * @throws ProblemError `too-many-attempts` after many tickets for a secret that were not valid.
   */
  redeem(ticket: string, use: AnyTicketUse): boolean
}

/** Creates an empty set. `lifetime` is that of tickets, in milliseconds. */
export function openSecrets(lifetime: number, now: () => number = Date.now): SessionSecrets {
  const secrets = new Map<string, Buffer>()
  const tickets = new Map<string, { use: AnyTicketUse; until: number }>()
  let failures: number[] = []
  const redeem = (ticket: string, use: AnyTicketUse): boolean => {
    const key = nameOf(ticket)
    const found = tickets.get(key)
    if (found?.use !== use) return false
    tickets.delete(key)
    return now() <= found.until
  }
  return {
    issue: () => {
      const secret = newSecret()
      secrets.set(nameOf(secret), digest(secret))
      dropOldest(secrets, maxSecrets)
      return secret
    },
    holds: (secret) => {
      const asked = digest(isSecret(secret) ? secret : '')
      let held: string | undefined
      for (const [name, each] of secrets) if (timingSafeEqual(each, asked)) held = name
      if (held === undefined) return false
      const used = secrets.get(held)!
      secrets.delete(held)
      secrets.set(held, used)
      return true
    },
    ticket: (use) => {
      const ticket = newSecret()
      tickets.set(nameOf(ticket), { use, until: now() + lifetime })
      dropOldest(tickets, maxTickets)
      return ticket
    },
    redeem: (ticket, use) => {
      if (use === 'channel') return redeem(ticket, use)
      failures = failures.filter((time) => time > now() - failureWindow)
      if (failures.length >= maxFailures)
        throw new ProblemError(
          'too-many-attempts',
          'Too many tickets of this session were not valid; log in, or try in a minute.',
        )
      const good = redeem(ticket, use)
      if (!good) failures.push(now())
      return good
    },
  }
}

/** 256 random bits in base64url. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** The SHA-256 of a secret: all that a server keeps of it. */
export function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

function nameOf(secret: string): string {
  return digest(secret).toString('hex')
}

function dropOldest(map: Map<string, unknown>, limit: number): void {
  for (const key of map.keys()) {
    if (map.size <= limit) return
    map.delete(key)
  }
}
