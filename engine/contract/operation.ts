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
 * When the status of a stream's response is decided, and its head sent. Earlier failures get their own status; later ones are
 * reported in the stream, or cut it.
 * - `begin`: before the operation starts: every failure is in the stream.
 * - `ready`: once the operation has started, after all checks.
 * - `pause`: with the first item, or after a short timeout.
 * - `item`: with the first item, however long it takes.
 */
export type FirstByte = 'begin' | 'ready' | 'pause' | 'item'

/** A header that carries an input field: `login` is `user:password`, `token` a bearer token, both in the form of X-Registry-Auth. */
export interface HeaderField {
  readonly name: string
  readonly form: 'login' | 'token'
}

/**
 * Statuses of an operation's failures, where libpod gives them another than the table of engine/errors has.
 * The first that applies counts.
 */
export interface FailureStatuses {
  /** Of fields that cannot be read, by name; `body` is a body that is not JSON, `*` any other. Where none is given: 400. */
  readonly fields?: Readonly<Record<string, number>>
  /** Of fields that can be read and that the operation refuses, by the name that the failure gives. */
  readonly refused?: Readonly<Record<string, number>>
  /** `ImageReferenceInvalid` counts as well for an image that is not found because its name cannot be one. */
  readonly codes?: Readonly<Partial<Record<ErrorCode, number>>>
  /** Of failures that are about the very object that the path names. */
  readonly named?: number
  /** Of all others. */
  readonly others?: number
}

/** How a duplex takes its connection over. */
export interface Upgrade {
  /** Where it is said whether the process has a terminal: an operation, which is given `field` of the path, and the path in its answer. */
  readonly terminal: { readonly operation: string; readonly field: string; readonly at: string }
  /** The field of the body that asks for no connection: the answer is then a plain one. */
  readonly detach?: string
}

/** A header of the answer that carries JSON in base64. */
export interface AnswerHeader {
  readonly name: string
  /** The operation whose answer it carries, and the fields of the input that it is given; the operation's own answer where not given. */
  readonly operation?: string
  readonly fields?: readonly string[]
}

/** A value of a request that libpod takes from nobody over its API, and only our own client may send. */
export interface Refusal {
  /** Input fields, with `body.` in front of a body's. */
  readonly fields: readonly string[]
  /** The values that are refused. Where not given, it is the field's absence. */
  readonly values?: RegExp
  /** Why, in libpod's words; `{value}` is the value, `{found}` what the first group of `values` has of it. */
  readonly message: string
}

/** The progress that libpod's own clients understand. */
export interface KnownProgress {
  /** The fields of an item that they know. They fail on an item without any, so it is not sent. */
  readonly fields: readonly string[]
  /** Fields of ours that they are not sent. */
  readonly without: readonly string[]
  /** A field that has another name for them, and is in every item. */
  readonly renamed?: Readonly<Record<string, string>>
  /** What a transfer that is `quiet` is answered with when it is over, instead of a stream: nothing, or one field of its items. */
  readonly quiet?: 'nothing' | { readonly field: string; readonly as: string }
  /** When their status is decided, instead of the operation's own. */
  readonly firstByte?: FirstByte
}

/** What an operation does for clients other than ours: they are written for libpod, and read and send what it does. */
export interface ForeignClients {
  /** Libpod's defaults of missing query fields. */
  readonly defaults?: Readonly<Record<string, string>>
  readonly refused?: readonly Refusal[]
  readonly progress?: KnownProgress
  /** Lists and maps of the answer that libpod leaves out, or writes as null, where they are empty. */
  readonly empty?: Readonly<Record<string, 'absent' | 'null'>>
  /** Failures that libpod answers with a success, as the only item of a list: the fields that hold the object's name and the message. */
  readonly reported?: { readonly codes: readonly ErrorCode[]; readonly name: string; readonly message: string }
}

/** What the audit log records of an operation. */
export interface AuditRule {
  /**
   * Input fields that name what it is about, with `body.` in front of a body's; those of the path where not given. Never one that can hold
   * a secret: no command, environment, build argument, login or content.
   */
  readonly object?: readonly string[]
  /** Of what kind the first of them is, where it is not the operation's noun; `none`: it names nothing that is there before. */
  readonly kind?: 'container' | 'none'
  /** The field of the answer that holds the id of what was made. */
  readonly made?: string
  /** It changes something only where one of these fields, named alike, is true; always where not given. */
  readonly changes?: readonly string[]
}

/** The type of libpod's answers that are one value in a line. */
export const plainText = 'text/plain; charset=us-ascii'

/** A full description of one operation: the only place where it is described. */
export interface Operation {
  readonly kind: Kind
  readonly method: 'GET' | 'POST' | 'DELETE' | 'HEAD' | 'PUT'
  /** Below the version prefix; `{field}` segments are input fields, `{field:.*}` may hold slashes. */
  readonly path: string
  /** Other paths that mean the same, with the same fields. */
  readonly aliases?: readonly string[]
  /** Answers HEAD as well, without a body. */
  readonly head?: true
  /** Query parameters that must have these values for the route to match (libpod overloads some paths). */
  readonly fixed?: Readonly<Record<string, string>>
  /** A query parameter that must be given for the route to match (Docker overloads some paths). */
  readonly given?: string
  readonly summary: string
  /** Path and query fields together; defaults are applied here and nowhere else. */
  readonly input: Schema
  /** Input fields that travel in a header instead of the query string, because query strings are logged. */
  readonly headers?: Readonly<Record<string, HeaderField>>
  /**
   * The input field that names a file of logins. Podman's client names one of its own host, which is not read; the logins in its header
   * are in such a file for the time of the request.
   */
  readonly loginFile?: string
  /** Input fields that hold names of images, with `body.` in front of a body's. */
  readonly imageNames?: readonly string[]
  /** The JSON body, given as `input.body`. `'bytes'`: the request's raw body, an `AsyncIterable<Uint8Array>`. */
  readonly body?: Schema | 'bytes'
  /** The schema of the answer or of a stream's items, made when it is asked for: an engine in this process never needs its own. */
  readonly output: () => Schema
  /** For streams; `ndjson` where not given. */
  readonly format?: StreamFormat
  /** For streams; `pause` where not given. */
  readonly firstByte?: FirstByte
  /** For a duplex. */
  readonly upgrade?: Upgrade
  /** The type of the answer, where it is another than its format's; a call's answer is then text and not JSON. */
  readonly mediaType?: string
  /** What travels in a header of a success. */
  readonly answerHeader?: AnswerHeader
  /** Headers of every answer that is a success. */
  readonly responseHeaders?: Readonly<Record<string, string>>
  /** The status of success where it is not 200. A `call` whose output is `Nothing` answers 204 by default. */
  readonly status?: number
  /** What it may throw, besides what any operation may. */
  readonly errors: readonly ErrorCode[]
  readonly statuses?: FailureStatuses
  /** The API whose form failures and the lines of streams have; libpod's where not given. */
  readonly dialect?: 'docker'
  readonly foreign?: ForeignClients
  /** Not part of libpod: the page hides what needs it when it talks to real Podman. */
  readonly extension?: true
  /** For long work that may run as a task (tasks.ts): the first of these input fields that is given names its object. */
  readonly task?: { readonly object?: readonly string[] }
  /** For the audit log (see `auditRule`): false where it changes nothing although its method says so, or no user requests it. */
  readonly audit?: AuditRule | false
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

/** A two-way connection to a process. The caller closes it. With a terminal all output comes as `stdout`. */
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
