/** A source that can also write itself into a file, so that its bytes need not all pass through the caller. */
export interface SelfWriting extends AsyncIterable<Uint8Array> {
  /**
   * Instead of an iteration: writes the same bytes into the existing, empty file. On failure its content is undefined, but nothing
   * writes to it any more.
   * @throws what the iteration throws, and errno errors of the file
   */
  writeInto(file: string): Promise<void>
}

/** Whether a source can do so. */
export function writesItself(source: AsyncIterable<Uint8Array>): source is SelfWriting {
  return typeof (source as Partial<SelfWriting>).writeInto === 'function'
}
