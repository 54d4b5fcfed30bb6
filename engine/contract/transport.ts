import type { Bytes } from './engine.ts'

/** One HTTP request. Header names are lower case. */
export interface TransportRequest {
  method: string
  /** With the version prefix and the query string. */
  path: string
  headers: Record<string, string>
  body?: Bytes | Uint8Array | string
  /** Ends the request and whatever of its answer is still to come. */
  signal?: AbortSignal
}

/** The head of an answer. Header names are lower case. */
export interface TransportReply {
  status: number
  headers: Record<string, string>
  /** Read once; leaving the iterator early frees the connection. */
  body: AsyncIterable<Uint8Array>
}

/** An answer after which the connection belongs to both sides. */
export interface TransportUpgrade {
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

/**
 * Carries the engine's HTTP to wherever the engine is: a unix socket, or a channel of the console.
 * Rejects when no answer came; an answer of any status resolves.
 */
export interface Transport {
  request(request: TransportRequest): Promise<TransportReply>
  /** For attach and exec. `body` is sent whole, with its length, before the connection changes hands. */
  upgrade(request: Omit<TransportRequest, 'body'> & { body?: string }): Promise<TransportUpgrade>
}
