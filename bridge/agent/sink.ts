import { BoundedWriter, compactBytes, freeBytes, WriterBudget } from '../protocol/index.ts'
import type { Channel } from './channel.ts'

/** Bytes queued for one slow receiver before its channel is closed with `too-large`, and for all receivers of an agent. */
const limit = 32 * 1024 * 1024
const totalLimit = 64 * 1024 * 1024

/** Bytes after which an acknowledgement is sent at once, and the milliseconds after which fewer are acknowledged: each wakes the server. */
const ackBlock = 768 * 1024
const ackDelay = 5

const budget = new WriterBudget(totalLimit)

/** The receiver of a channel's data: a process's stdin, a socket, a request's body. */
export interface Sink {
  /** Writes data; it is acknowledged to the page once the receiver has it. Its memory is freed then: the caller reads it no more. */
  write(data: Uint8Array): void
  /** Ends the receiver's input after all that was written, then calls `ended`. */
  end(ended?: () => void): void
  /** Drops queued data. Idempotent. */
  close(): void
}

/** The queue in front of a receiver. A receiver that does not read has its channel closed with `too-large`. */
export function openSink(channel: Channel, receiver: NodeJS.WritableStream | Promise<NodeJS.WritableStream>): Sink {
  const opened = Promise.resolve(receiver)
  // The payload reports why the receiver could not be opened.
  opened.catch(() => {})
  const acks = collectAcks(channel)
  const writer = new BoundedWriter<Uint8Array>({
    highWaterMark: limit,
    limit,
    budget,
    write: (data, written) => {
      const put = (output: NodeJS.WritableStream): void => {
        const { length } = data
        output.write(data, (error) => {
          freeBytes(data)
          if (!error) acks.add(length)
          written()
        })
      }
      if (receiver instanceof Promise) receiver.then(put, written)
      else put(receiver)
    },
    onSlowPeer: (error) => channel.fail(error),
  })
  const finish = (ended?: () => void): void => {
    acks.flush()
    writer.close()
    opened.then(
      (output) => output.end(ended),
      () => ended?.(),
    )
  }
  return {
    write: (data) => void writer.write(compactBytes(data), data.length),
    end: (ended) => writer.end(() => finish(ended)),
    close: () => {
      acks.flush()
      writer.close()
    },
  }
}

/** Acknowledges a channel's data in larger pieces than it comes in. */
function collectAcks(channel: Channel): { add(bytes: number): void; flush(): void } {
  let bytes = 0
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (bytes > 0) channel.acknowledge(bytes)
    bytes = 0
  }
  return {
    add(more) {
      bytes += more
      if (bytes >= ackBlock) flush()
      else timer ??= setTimeout(flush, ackDelay)
    },
    flush,
  }
}
