import { EngineError } from '../../errors/index.ts'

/** The longest line of a stream, in bytes: one tick of the statistics of 20,000 containers fits. */
export const maxLine = 16 * 1024 * 1024

/**
 * The lines of a byte stream, as text, without their ends and without empty ones.
 *
 * @throws EngineError `TooLarge` for a line beyond `limit` bytes.
 */
export async function* splitLines(source: AsyncIterable<Uint8Array>, limit = maxLine): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder()
  let parts: string[] = []
  let length = 0
  for await (const bytes of source) {
    let start = 0
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      parts.push(decoder.decode(bytes.subarray(start, end), { stream: true }))
      const line = parts.join('').trim()
      parts = []
      length = 0
      start = end + 1
      if (line !== '') yield line
    }
    length += bytes.length - start
    if (length > limit) throw new EngineError('TooLarge', `The engine sent a line of more than ${limit} bytes.`)
    parts.push(decoder.decode(bytes.subarray(start), { stream: true }))
  }
  const last = (parts.join('') + decoder.decode()).trim()
  if (last !== '') yield last
}

/**
 * All bytes of a body as text.
 *
 * @throws EngineError `TooLarge` beyond `limit` bytes.
 */
export async function readText(source: AsyncIterable<Uint8Array>, limit: number): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let length = 0
  for await (const bytes of source) {
    length += bytes.length
    if (length > limit) throw new EngineError('TooLarge', `The body is larger than ${limit} bytes.`, { details: { limit } })
    text += decoder.decode(bytes, { stream: true })
  }
  return text + decoder.decode()
}
