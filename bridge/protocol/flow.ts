import { flowBlock, flowWindow } from './limits.ts'

/**
 * The sender's half of flow control: when to send pings, and when to pause.
 *
 * After every {@link flowBlock} bytes the sender sends a `ping` with `sequence`, the number of bytes sent so far;
 * the receiver echoes it as `pong` once it has consumed them. At most `window` bytes are in flight; with a small one pings come after
 * every quarter of it.
 */
export class FlowSender {
  readonly #window: number
  readonly #block: number
  #sent = 0
  #acknowledged = 0

  /** @param window in bytes. */
  constructor(window = flowWindow) {
    this.#window = window
    this.#block = Math.min(flowBlock, Math.ceil(window / 4))
  }

  /** Whether more may be sent now. */
  get open(): boolean {
    return this.#sent - this.#acknowledged < this.#window
  }

  /** Counts `bytes` as sent; the sequence to ping with, if a block ended. */
  sent(bytes: number): number | undefined {
    const before = Math.floor(this.#sent / this.#block)
    this.#sent += bytes
    return Math.floor(this.#sent / this.#block) === before ? undefined : this.#sent
  }

  /** Processes the sequence of a `pong`. Invalid and repeated ones are ignored. */
  acknowledge(sequence: unknown): void {
    if (typeof sequence !== 'number' || !(sequence > this.#acknowledged) || sequence > this.#sent) return
    this.#acknowledged = sequence
  }
}
