/** Bytes that can also write themselves into a file, so that not all of them need to pass through whoever wants them there. */
export interface SelfWriting extends AsyncIterable<Uint8Array> {
  /**
   * Instead of an iteration: leaves the same bytes in the file, which is there and empty. On failure it may hold anything, but
   * nobody writes to it any more.
   * @throws what the iteration throws, and errno errors of the file
   */
  writeInto(file: string): Promise<void>
}

/** Whether bytes can do so. */
export function writesItself(source: AsyncIterable<Uint8Array>): source is SelfWriting {
  return typeof (source as Partial<SelfWriting>).writeInto === 'function'
}
