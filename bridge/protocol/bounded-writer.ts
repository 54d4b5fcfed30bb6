import { ProblemError } from './problem.ts'

/** A member of a {@link WriterBudget}: a writer, or a sub-budget. */
interface Holder {
  /** Queued bytes. */
  readonly held: number
  /** Ends the writer with the most queued bytes. */
  endLargest(): void
}

/**
 * A limit of queued bytes shared by several writers. Beyond it, the writer with the most queued bytes is ended, within the member
 * with the most: a peer that reads is not ended because of others that do not.
 */
export class WriterBudget implements Holder {
  readonly #limit: number
  readonly #parent: WriterBudget | undefined
  readonly #empty: (() => void) | undefined
  readonly #holders = new Set<Holder>()
  #held = 0

  /** @param empty is called when the last member has left. */
  constructor(limit: number, parent?: WriterBudget, empty?: () => void) {
    this.#limit = limit
    this.#parent = parent
    this.#empty = empty
  }

  get held(): number {
    return this.#held
  }

  /** Adds a member. */
  join(holder: Holder): void {
    if (this.#holders.size === 0) this.#parent?.join(this)
    this.#holders.add(holder)
  }

  /** Removes a member that holds nothing. */
  leave(holder: Holder): void {
    if (!this.#holders.delete(holder) || this.#holders.size > 0) return
    this.#parent?.leave(this)
    this.#empty?.()
  }

  /** Adds queued bytes; negative for bytes that left the queue. May end any of its writers. */
  count(bytes: number): void {
    this.#held += bytes
    this.#parent?.count(bytes)
    if (bytes > 0 && this.#held > this.#limit) this.endLargest()
  }

  endLargest(): void {
    let largest: Holder | undefined
    for (const holder of this.#holders) if (holder.held > (largest?.held ?? 0)) largest = holder
    largest?.endLargest()
  }
}

/** Options of a {@link BoundedWriter}. Sizes are in bytes, times in milliseconds. */
export interface WriterOptions<Message> {
  /** Writes one message to the connection and calls `written` afterwards, also on failure. */
  write(message: Message, written: () => void): void
  /** Queued bytes above which senders should wait for `drained`. */
  highWaterMark: number
  /** Queued bytes above which the peer is ended; one message may exceed it. */
  limit: number
  /** A peer above the high-water mark that reads nothing for so long is ended. Default: no timeout. */
  timeout?: number
  budget?: WriterBudget
  /** The queue has fallen below half of the high-water mark. */
  drained?(): void
  /** The peer does not read: end it. Called once; nothing is written afterwards. `too-large` or `timeout`. */
  onSlowPeer(error: ProblemError): void
}

/** Bytes passed to the connection at a time; the rest is queued here, where it can be counted and dropped. */
const maxInFlight = 128 * 1024

/** Overhead of a queued message in bytes. */
const overhead = 128

/** Number of written messages at which the queue is compacted. */
const compactAt = 1024

interface Waiting<Message> {
  message: Message
  size: number
}

/**
 * The outbound queue of a connection. Everything is sent through one of these, so that a peer that does not read costs a
 * bounded amount of memory and is ended.
 */
export class BoundedWriter<Message> implements Holder {
  readonly #options: WriterOptions<Message>
  #queue: (Waiting<Message> | undefined)[] = []
  #next = 0
  #inFlight = 0
  #held = 0
  #needsDrain = false
  #flushing = false
  #open = true
  #timer: ReturnType<typeof setTimeout> | undefined
  #last: (() => void) | undefined

  constructor(options: WriterOptions<Message>) {
    this.#options = options
    options.budget?.join(this)
  }

  get held(): number {
    return this.#held
  }

  /** Whether senders should wait for `drained`. */
  get needsDrain(): boolean {
    return this.#needsDrain
  }

  /** Sends a message of `bytes`; after the end it is dropped. False: wait for `drained`. */
  write(message: Message, bytes: number): boolean {
    if (!this.#open || this.#last !== undefined) return true
    const { limit, highWaterMark, budget } = this.#options
    if (this.#held > limit) {
      this.#fail(new ProblemError('too-large', `More than ${limit} bytes wait for a peer that does not read.`))
      return true
    }
    const size = bytes + overhead
    this.#held += size
    this.#queue.push({ message, size })
    budget?.count(size)
    if (!this.#open) return true
    this.#flush()
    if (this.#open && this.#held > highWaterMark && !this.#needsDrain) {
      this.#needsDrain = true
      this.#watch()
    }
    return !this.#needsDrain
  }

  /** Calls `last` once everything has been written; later messages are dropped. */
  end(last: () => void): void {
    if (!this.#open || this.#last !== undefined) return
    this.#last = last
    if (this.#held === 0) last()
  }

  /** Drops queued messages. Idempotent. */
  close(): void {
    if (!this.#open) return
    this.#open = false
    clearTimeout(this.#timer)
    this.#options.budget?.count(-this.#held)
    this.#options.budget?.leave(this)
    this.#queue = []
    this.#held = 0
    this.#needsDrain = false
  }

  endLargest(): void {
    this.#fail(new ProblemError('too-large', 'Too many bytes wait for peers that do not read, most of them for this one.'))
  }

  #flush(): void {
    // A connection may call `written` synchronously: the outer loop continues then.
    if (this.#flushing) return
    this.#flushing = true
    while (this.#open && this.#inFlight < maxInFlight && this.#next < this.#queue.length) {
      const { message, size } = this.#shift()
      this.#inFlight += size
      this.#options.write(message, () => this.#written(size))
    }
    this.#flushing = false
  }

  /** Removes the first message. The array is compacted rarely, as that costs its length. */
  #shift(): Waiting<Message> {
    const first = this.#queue[this.#next]!
    this.#queue[this.#next++] = undefined
    if (this.#next === this.#queue.length || this.#next === compactAt) {
      this.#queue.splice(0, this.#next)
      this.#next = 0
    }
    return first
  }

  #written(size: number): void {
    this.#inFlight -= size
    if (!this.#open) return
    this.#held -= size
    this.#options.budget?.count(-size)
    this.#flush()
    if (this.#held === 0) this.#last?.()
    if (!this.#needsDrain) return
    if (this.#held > this.#options.highWaterMark / 2) return this.#watch()
    this.#needsDrain = false
    clearTimeout(this.#timer)
    this.#options.drained?.()
  }

  /** Restarts the timeout: the peer has just read something. */
  #watch(): void {
    const { timeout } = this.#options
    if (timeout === undefined) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(
      () => this.#fail(new ProblemError('timeout', `The peer has read nothing for ${timeout} ms.`)),
      timeout,
    )
  }

  #fail(error: ProblemError): void {
    if (!this.#open) return
    this.close()
    this.#options.onSlowPeer(error)
  }
}

/**
 * Bytes for a queue: a small view of a large buffer would keep the whole buffer alive, so it
 * is copied.
 */
export function compactBytes(bytes: Uint8Array): Uint8Array {
  return bytes.buffer.byteLength > 2 * bytes.byteLength + 1024 ? bytes.slice() : bytes
}
