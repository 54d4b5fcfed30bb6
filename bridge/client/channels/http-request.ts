import { ProblemError } from '../../protocol/index.ts'

/** An HTTP server that the agent can reach. */
export type HttpAddress = ({ unix: string } | { port: number; address?: string }) & {
  superuser?: 'require' | 'try'
  host?: string
}

/** One HTTP request. */
export interface HttpRequest {
  method: string
  /** With the query string. */
  path: string
  headers?: Record<string, string>
  body?: AsyncIterable<Uint8Array> | Uint8Array | string
  /** Aborts the request and its answer. */
  signal?: AbortSignal
  /** For an upgrade: bytes that may be on their way here, where what comes last is to be seen soon. */
  window?: number
}

/** The head of an answer; header names are lower case. */
export interface HttpReply {
  status: number
  headers: Record<string, string>
  /** Read once; leaving the iterator early frees the connection. Throws a ProblemError when it is cut off. */
  body: AsyncIterable<Uint8Array>
}

/** An upgraded connection. */
export interface HttpUpgrade {
  status: number
  headers: Record<string, string>
  input: {
    /** Resolves when more may be written. */
    write(data: Uint8Array): Promise<void>
    /** Half-closes; output goes on. Idempotent. */
    end(): Promise<void>
  }
  /** What the other side sends; for a status that is neither 101 nor 200, the body of the answer. */
  output: AsyncIterable<Uint8Array>
  /** Frees the connection at once. Idempotent. */
  close(): void
}

/** The error of a cancelled request. */
export function cancelled(): ProblemError {
  return new ProblemError('terminated', 'The request was cancelled.')
}
