import { createHash } from 'node:crypto'
import { constants, createZstdCompress, type ZstdCompress } from 'node:zlib'

/** Text that has been compressed. */
export interface SideData {
  pieces: Uint8Array[]
  /** Bytes, compressed. */
  size: number
  /** Bytes of the text. */
  length: number
  /** Of the compressed bytes. */
  digest: string
}

const pieceBytes = 64 * 1024

/** Text that is compressed with zstd while it grows, and held compressed. The caller finishes or closes it. */
export class SideText {
  readonly #engine: ZstdCompress
  readonly #pieces: Uint8Array[] = []
  readonly #hash = createHash('sha256')
  #texts: string[] = []
  #waiting = 0
  #behind: Promise<void> | undefined
  /** Bytes of the text so far. */
  length = 0
  /** Bytes that are held, compressed. */
  held = 0

  constructor(level: number) {
    this.#engine = createZstdCompress({ chunkSize: pieceBytes, params: { [constants.ZSTD_c_compressionLevel]: level } })
    this.#engine.on('data', (piece: Buffer) => {
      this.#pieces.push(piece)
      this.#hash.update(piece)
      this.held += piece.length
    })
    // It comes out of what waits for it.
    this.#engine.on('error', () => {})
  }

  write(text: string): void {
    const size = Buffer.byteLength(text)
    this.#texts.push(text)
    this.length += size
    this.#waiting += size
    if (this.#waiting >= pieceBytes) this.#flush()
  }

  async caughtUp(): Promise<void> {
    await this.#behind
  }

  async finish(): Promise<SideData> {
    this.#flush()
    await this.#behind
    await new Promise<void>((resolve, reject) => {
      this.#engine.once('end', resolve).once('error', reject).end()
    })
    return { pieces: this.#pieces, size: this.held, length: this.length, digest: `sha256:${this.#hash.digest('hex')}` }
  }

  close(): void {
    this.#engine.destroy()
  }

  #flush(): void {
    const bytes = Buffer.from(this.#texts.join(''))
    this.#texts = []
    this.#waiting = 0
    this.#behind = new Promise((resolve, reject) => this.#engine.write(bytes, (error) => (error ? reject(error) : resolve())))
    this.#behind.catch(() => {})
  }
}
