import { encodeFrame, type OutputChunk, type StreamFormat } from '../contract/index.ts'
import { EngineError, toWire } from '../errors/index.ts'

/** A stream's items as they go over the wire. */
export async function* encodeItems(
  items: AsyncIterable<unknown>,
  format: StreamFormat,
  onBreak: (error: unknown) => void,
): AsyncGenerator<Uint8Array | string> {
  try {
    for await (const item of items) {
      if (format === 'ndjson') yield `${JSON.stringify(item)}\n`
      else yield format === 'frames' ? encodeFrame(item as OutputChunk) : (item as Uint8Array)
    }
  } catch (error) {
    onBreak(error)
    if (format !== 'ndjson') throw error
    // The status went out long ago: libpod's clients look for `error` in the last line.
    const { response: _, message, ...rest } = toWire(EngineError.from(error))
    yield `${JSON.stringify({ error: message, ...rest })}\n`
  }
}
