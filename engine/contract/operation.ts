import type { ErrorCode } from '../errors/index.ts'
import type * as v from 'valibot'

/** Any valibot schema. */
export type Schema = v.GenericSchema<any, any>

/**
 * How an operation answers.
 * - `call`: one value, as JSON.
 * - `stream`: values one after another for as long as the operation runs.
 * - `duplex`: a two-way connection (attach, exec).
 */
export type Kind = 'call' | 'stream' | 'duplex'

/**
 * What a stream's items are on the wire.
 * - `ndjson`: one JSON document a line.
 * - `frames`: {@link OutputChunk}s behind Docker's 8-byte headers.
 * - `bytes`: raw bytes (archives).
 */
export type StreamFormat = 'ndjson' | 'frames' | 'bytes'

/**
 * Statuses of an operation's failures, where libpod gives them another than the table of engine/errors has.
 * The first that applies counts.
 */
export interface FailureStatuses {
  /** Of query fields that cannot be read, by name; `body` is a body that is not JSON. All others are 400. */
  readonly fields?: Readonly<Record<string, number>>
  readonly codes?: Readonly<Partial<Record<ErrorCode, number>>>
  /** Of failures that are about the very object that the path names. */
  readonly named?: number
  /** Of all others. */
  readonly others?: number
}

/** A full description of one operation: the only place where it is described. */
export interface Operation {
  readonly kind: Kind
  readonly method: 'GET' | 'POST' | 'DELETE' | 'HEAD' | 'PUT'
  /** Below the version prefix; `{field}` segments are input fields, `{field:.*}` may hold slashes. */
  readonly path: string
  /** Query parameters that must have these values for the route to match (libpod overloads some paths). */
  readonly fixed?: Readonly<Record<string, string>>
  readonly summary: string
  /** Path and query fields together; defaults are applied here and nowhere else. */
  readonly input: Schema
  /** Input fields that travel in a header instead of the query string, because query strings are logged. */
  readonly headers?: Readonly<Record<string, string>>
  /** The JSON body, given as `input.body`. `'bytes'`: the request's raw body, an `AsyncIterable<Uint8Array>`. */
  readonly body?: Schema | 'bytes'
  readonly output: Schema
  /** For streams; `ndjson` where not given. */
  readonly format?: StreamFormat
  /** The status of success where it is not 200. A `call` whose output is `Nothing` answers 204 by default. */
  readonly status?: number
  /** What it may throw, besides what any operation may. */
  readonly errors: readonly ErrorCode[]
  readonly statuses?: FailureStatuses
  /** Not part of libpod: the page hides what needs it when it talks to real Podman. */
  readonly extension?: true
}

/** Describes an operation, keeping its exact type. */
export function operation<const O extends Operation>(description: O): O {
  return description
}

/** A chunk of a container's output. */
export interface OutputChunk {
  stream: 'stdin' | 'stdout' | 'stderr'
  data: Uint8Array
}

/**
 * A two-way connection to a process. Whoever asked for it closes it.
 * With a terminal all output comes as `stdout`.
 */
export interface Pipe {
  /** Ends when the process's output does, or after {@link Pipe.close}. Read once. */
  readonly output: AsyncIterable<OutputChunk>
  /** Writes to the process's standard input; resolves when more may be written. */
  write(data: Uint8Array): Promise<void>
  /** Signals end of input; output goes on. Idempotent. */
  end(): Promise<void>
  /** Detaches: frees the connection and leaves the process running. Idempotent. */
  close(): void
}
