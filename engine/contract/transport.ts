import type { Bytes } from './engine.ts'

/** One HTTP request. Header names are lower case. */
export interface TransportRequest {
  method: string
  /** With the version prefix and the query string. */
  path: string
  headers: Record<string, string>
  body?: Bytes | Uint8Array | string
  /** Aborts the request and the rest of its response. */
  signal?: AbortSignal
  /** For an upgrade: bytes of output that may be on their way to the caller; transports that cannot choose leave it to the kernel. */
  window?: number
}

/** The head of a response. Header names are lower case. */
export interface TransportReply {
  status: number
  headers: Record<string, string>
  /** Read once; leaving the iterator early frees the connection. */
  body: AsyncIterable<Uint8Array>
}

/** A response after which the connection is a two-way pipe. */
export interface TransportUpgrade {
  status: number
  headers: Record<string, string>
  input: {
    /** Resolves when more may be written. */
    write(data: Uint8Array): Promise<void>
    /** Half-closes; output goes on. Idempotent. */
    end(): Promise<void>
  }
  /** What the peer sends; for a status that is neither 101 nor 200, the body of the response. */
  output: AsyncIterable<Uint8Array>
  /** Frees the connection immediately. Idempotent. */
  close(): void
}

/**
 * Carries the engine's HTTP to a local or remote engine: over a unix socket, or a channel of the console. Rejects without a
 * response; a response of any status resolves.
 */
export interface Transport {
  request(request: TransportRequest): Promise<TransportReply>
  /** For attach and exec. `body` is sent completely, with its length, before the connection is upgraded. */
  upgrade(request: Omit<TransportRequest, 'body'> & { body?: string }): Promise<TransportUpgrade>
}
