const progressInterval = 100

/**
 * A file as the body of a request. Where the server takes uploads the browser sends it by itself, which is many times faster than
 * reading it here; elsewhere it is read piece by piece, at the pace of the reader.
 */
export class FileBody implements AsyncIterable<Uint8Array> {
  readonly file: Blob
  /** Called with the bytes sent so far, a few times a second and at the end. */
  readonly onProgress: (sent: number) => void
  readonly #now: () => number

  constructor(file: Blob, onProgress: (sent: number) => void, now: () => number = Date.now) {
    this.file = file
    this.onProgress = onProgress
    this.#now = now
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    let sent = 0
    let reportedAt = -Infinity
    const reader = this.file.stream().getReader()
    try {
      for (;;) {
        const { value, done } = await reader.read()
        if (done) break
        yield value
        sent += value.length
        if (this.#now() - reportedAt < progressInterval) continue
        reportedAt = this.#now()
        this.onProgress(sent)
      }
      this.onProgress(sent)
    } finally {
      await reader.cancel().catch(() => {})
    }
  }
}
