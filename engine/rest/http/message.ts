/** An HTTP request as the router sees it: no socket, no Node objects. Header names are lower case. */
export interface RestRequest {
  method: string
  /** Path and query string as sent. */
  target: string
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** Read at most once. */
  body: AsyncIterable<Uint8Array>
  /** Aborted when the client went away. */
  signal: AbortSignal
}

/** What the router answers. */
export interface RestReply {
  status: number
  headers: Record<string, string>
  /**
   * Bytes are sent as they are and must not change any more. A stream is written item by item; a failure in it cuts the connection, so that no client mistakes a part for the complete
   * output.
   */
  body?: string | Buffer | AsyncIterable<Uint8Array | string>
}

/** The value of a header that is given once. */
export function headerOf(request: Pick<RestRequest, 'headers'>, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}
