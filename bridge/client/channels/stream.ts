import { type Close, type Control, encodeText, ProblemError } from '../../protocol/index.ts'
import { createByteQueue } from './byte-queue.ts'
import type { Channel, ChannelOpener, ChannelOptions } from './channel.ts'

/** What a stream connects to. */
export type StreamTarget = ({ unix: string } | { port: number; address?: string } | ({ spawn: string[] } & SpawnTarget)) & {
  superuser?: 'require' | 'try'
  host?: string
  /** Bytes that may be on their way here; the agent's own choice unless given. */
  'flow-window'?: number
}

interface SpawnTarget {
  directory?: string
  /** `NAME=value` each. */
  environ?: string[]
  /** Where standard error goes: with the output, nowhere, or into the message at the end. */
  err?: 'out' | 'ignore' | 'message'
  pty?: boolean
  window?: { rows: number; cols: number }
}

/** Bytes to and from a socket or a process. The caller closes it. */
export interface Stream {
  /** Resolves once connected; for a process with its `pid`. Rejects with a ProblemError. */
  readonly ready: Promise<Control>
  /** What the other side sends; read once. Leaving the iterator early closes the stream. Throws a ProblemError on failure. */
  readonly output: AsyncIterable<Uint8Array>
  /** How it ended; with `exit-status` for a process. Never rejects. */
  readonly closed: Promise<Close>
  /** Resolves when more may be written. */
  write(data: Uint8Array | string): Promise<void>
  /** Half-closes; output goes on. Idempotent. */
  end(): Promise<void>
  /** Resizes a terminal. */
  resize(rows: number, cols: number): void
  /** Closes it immediately. Idempotent. */
  close(): void
}

/** Opens a stream. Never throws: failure is in `ready`, `output` and `closed`. */
export function openStream(bridge: ChannelOpener, target: StreamTarget): Stream {
  const ready = Promise.withResolvers<Control>()
  const closed = Promise.withResolvers<Close>()
  const queue = createByteQueue(() => channel.close('terminated'))
  ready.promise.catch(() => {
    // A caller that only reads the output gets the error there.
  })
  const channel: Channel = bridge.channel(
    { payload: 'stream', binary: 'raw', 'send-acks': 'bytes', ...target } as ChannelOptions,
    {
      ready: (control) => ready.resolve(control),
      data: (data) => queue.push(typeof data === 'string' ? encodeText(data) : data),
      ping: (answer) => queue.mark(answer),
      done: () => queue.end(),
      close: (close) => {
        const failure = problemOf(close)
        ready.reject(failure ?? new ProblemError('disconnected', 'The stream was closed before it was connected.'))
        queue.end(failure)
        closed.resolve(close)
      },
    },
  )
  return {
    ready: ready.promise,
    output: queue.output,
    closed: closed.promise,
    write: async (data) => {
      await channel.writable()
      channel.send(typeof data === 'string' ? encodeText(data) : data)
    },
    end: async () => channel.done(),
    resize: (rows, cols) => channel.control('options', { window: { rows, cols } }),
    close: () => channel.close('terminated'),
  }
}

/** A `close` as an error, if it has a problem. */
export function problemOf(close: Close): ProblemError | undefined {
  if (close.problem === undefined || close.problem === '') return undefined
  return new ProblemError(close.problem, close.message || describe(close.problem))
}

function describe(problem: string): string {
  switch (problem) {
    case 'disconnected':
      return 'The connection to the server was lost.'
    case 'access-denied':
      return 'Permission denied.'
    case 'not-found':
      return 'There is no such thing.'
    case 'terminated':
      return 'It was ended.'
    case 'no-session':
      return 'The session is over; log in again.'
    default:
      return `The server reports the problem "${problem}".`
  }
}
