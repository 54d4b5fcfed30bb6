import { encodeFrame, type Operation, type OutputChunk } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { dialectOf } from './dialect.ts'

/** A stream's items as they go over the wire. `onBreak` is called with the failure that ends them early. */
export async function* encodeItems(
  items: AsyncIterable<unknown>,
  operation: Pick<Operation, 'format' | 'dialect'>,
  onBreak: (error: unknown) => void,
): AsyncGenerator<Uint8Array | string> {
  const { format = 'ndjson' } = operation
  const { lineEnd, broken } = dialectOf(operation)
  try {
    for await (const item of items) {
      if (format === 'ndjson') yield `${JSON.stringify(item)}${lineEnd}`
      else yield format === 'frames' ? encodeFrame(item as OutputChunk) : (item as Uint8Array)
    }
  } catch (error) {
    onBreak(error)
    if (format !== 'ndjson') throw error
    yield `${JSON.stringify(broken(EngineError.from(error)))}${lineEnd}`
  }
}
