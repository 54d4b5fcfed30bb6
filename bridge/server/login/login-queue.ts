import { ProblemError } from '../../protocol/index.ts'
import { addressKey } from '../http/admission.ts'
import { openFailureTable } from './failure-table.ts'

/** A login attempt. */
export interface LoginAttempt {
  /** As the connection has it. */
  address: string
  /** As it was typed. */
  account: string
}

/** A slot to authenticate in. */
export interface LoginSlot {
  /** Frees the slot, once the authentication has ended or waits for the user. Idempotent. */
  release(): void
}

/**
 * Schedules authentications. It runs before any process is started, so that a flood of wrong passwords costs
 * no memory and delays other logins only briefly.
 */
export interface LoginQueue {
  /**
   * Resolves when the login has a slot.
   * @throws ProblemError `too-large` where too many wait, or it has waited too long; `disconnected` when `signal` is aborted.
   */
  enter(attempt: LoginAttempt, signal: AbortSignal): Promise<LoginSlot>
  /** A login succeeded: the next ones of this account from this address have priority. */
  accepted(attempt: LoginAttempt): void
  /** A login failed. @returns additional milliseconds to delay the refusal. */
  refused(attempt: LoginAttempt): number
}

/** Concurrent authentications: in total, of unknown clients, of failing clients. */
const slots = [8, 5, 2] as const

/** `known`: has logged in from there before. `failing`: has failed recently, or comes from an address with many failures. */
const classes = { known: 0, usual: 1, failing: 2 } as const
type Class = (typeof classes)[keyof typeof classes]

/** Maximum number of waiting logins; beyond, the last in order is rejected. */
const maxWaiting = 256

/** Milliseconds until a waiting login times out. */
const waitTimeout = 20_000

/** Failures from one address, for any account, above which unknown logins from there have low priority. */
const failureThreshold = 10

/** Names in each table. */
const tableSize = 4096

/** Milliseconds between two checks of a login that fails, growing with its failures up to the second. */
const retryPause = { step: 125, max: 1_000 } as const

/** Milliseconds that a refusal is held back for each failure, and at most. */
const refusalDelay = { step: 250, max: 7_000 } as const

interface Waiting {
  attempt: LoginAttempt
  number: number
  begin(): void
  reject(error: ProblemError): void
}

/** An empty queue. `now` is in milliseconds. */
export function openLoginQueue(now: () => number = () => performance.now()): LoginQueue {
  return new PriorityQueue(now)
}

class PriorityQueue implements LoginQueue {
  readonly #now: () => number
  readonly #pairs
  readonly #accounts
  readonly #addresses
  /** Pairs of account and address that have logged in, the latest last. */
  readonly #known = new Set<string>()
  readonly #waiting = new Set<Waiting>()
  /** Running authentications, with their class. */
  readonly #active = new Map<Waiting, Class>()
  #number = 0
  #timer: NodeJS.Timeout | undefined

  constructor(now: () => number) {
    this.#now = now
    this.#pairs = openFailureTable(tableSize, now)
    this.#accounts = openFailureTable(tableSize, now)
    this.#addresses = openFailureTable(tableSize, now)
  }

  enter(attempt: LoginAttempt, signal: AbortSignal): Promise<LoginSlot> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', left)
        this.#waiting.delete(waiting)
      }
      const waiting: Waiting = {
        attempt,
        number: this.#number++,
        begin: () => {
          leave()
          resolve({ release: () => this.#release(waiting) })
        },
        reject: (error) => {
          leave()
          reject(error)
        },
      }
      const left = (): void => waiting.reject(new ProblemError('disconnected', 'The login was given up.'))
      const timer = setTimeout(() => waiting.reject(tooMany()), waitTimeout)
      signal.addEventListener('abort', left)
      this.#waiting.add(waiting)
      if (signal.aborted) return left()
      if (this.#waiting.size > maxWaiting) this.#ordered().at(-1)?.reject(tooMany())
      this.#admit()
    })
  }

  accepted(attempt: LoginAttempt): void {
    const pair = pairOf(attempt)
    this.#pairs.forget(pair)
    this.#known.delete(pair)
    this.#known.add(pair)
    if (this.#known.size > tableSize) this.#known.delete(this.#known.values().next().value!)
  }

  refused(attempt: LoginAttempt): number {
    const [pair, account, address] = [pairOf(attempt), accountOf(attempt), addressKey(attempt.address)]
    this.#pairs.fail(pair)
    this.#accounts.fail(account)
    this.#addresses.fail(address)
    // Several users may share an address or an account: those failures count less.
    const failures = Math.max(this.#pairs.count(pair), this.#accounts.count(account) / 4, this.#addresses.count(address) / 4)
    return Math.min(refusalDelay.max, refusalDelay.step * (failures - 1))
  }

  #release(waiting: Waiting): void {
    if (this.#active.delete(waiting)) this.#admit()
  }

  /** Admits waiting logins in order. */
  #admit(): void {
    clearTimeout(this.#timer)
    let soonest = Infinity
    for (const waiting of this.#ordered()) {
      const level = this.#classOf(waiting.attempt)
      if (!this.#hasSlot(waiting.attempt, level)) continue
      const wait = this.#pauseOf(waiting.attempt)
      if (wait > 0) {
        soonest = Math.min(soonest, wait)
        continue
      }
      this.#active.set(waiting, level)
      waiting.begin()
    }
    if (soonest < Infinity) this.#timer = setTimeout(() => this.#admit(), soonest)
  }

  /**
   * By class, then by number of failures, then the newest first: a flood has to wait for its earlier
   * answers, so that the newest is more likely another client.
   */
  #ordered(): Waiting[] {
    const rank = (waiting: Waiting) => {
      const { attempt } = waiting
      return { waiting, level: this.#classOf(attempt), failures: Math.ceil(this.#pairs.count(pairOf(attempt))) }
    }
    return [...this.#waiting]
      .map(rank)
      .sort((a, b) => a.level - b.level || a.failures - b.failures || b.waiting.number - a.waiting.number)
      .map(({ waiting }) => waiting)
  }

  #classOf(attempt: LoginAttempt): Class {
    const pair = pairOf(attempt)
    if (this.#known.has(pair)) return classes.known
    const failing = this.#pairs.count(pair) > 0 || this.#addresses.count(addressKey(attempt.address)) >= failureThreshold
    return failing ? classes.failing : classes.usual
  }

  #hasSlot(attempt: LoginAttempt, level: Class): boolean {
    const levels = [...this.#active.values()]
    // A class uses its own slots and those of lower classes, never those reserved for higher ones.
    for (let at = 0; at <= level; at++) if (levels.filter((each) => each >= at).length >= slots[at]!) return false
    if (this.#pairs.count(pairOf(attempt)) === 0) return true
    const account = accountOf(attempt)
    return ![...this.#active.keys()].some((each) => accountOf(each.attempt) === account && this.#isFailing(each))
  }

  #isFailing({ attempt }: Waiting): boolean {
    return this.#pairs.count(pairOf(attempt)) > 0
  }

  /** Milliseconds until a failing client may try the account again. */
  #pauseOf(attempt: LoginAttempt): number {
    if (this.#pairs.count(pairOf(attempt)) === 0) return 0
    const account = accountOf(attempt)
    const length = Math.min(retryPause.max, retryPause.step * this.#accounts.count(account))
    return this.#accounts.last(account) + length - this.#now()
  }
}

function accountOf({ account }: LoginAttempt): string {
  return account.slice(0, 256)
}

function pairOf(attempt: LoginAttempt): string {
  return `${addressKey(attempt.address)} ${accountOf(attempt)}`
}

function tooMany(): ProblemError {
  return new ProblemError('too-large', 'Too many logins are under way; try again in a moment.')
}
