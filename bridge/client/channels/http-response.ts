import { ProblemError } from '../../protocol/index.ts'

/** Bytes of an answer's head beyond which it is refused. */
const maxHead = 64 * 1024

/** The head of an answer, and the bytes after it. Header names are lower case. */
export interface ResponseHead {
  status: number
  headers: Record<string, string>
  rest: AsyncIterable<Uint8Array>
}

/**
 * Reads the head of an HTTP/1 answer.
 * @throws ProblemError `protocol-error` for something else, `too-large`, `disconnected` where the stream ends within it.
 */
export async function readHead(source: AsyncIterable<Uint8Array>): Promise<ResponseHead> {
  const input = source[Symbol.asyncIterator]()
  let text = ''
  for (;;) {
    const { value, done } = await input.next()
    if (done) throw new ProblemError('disconnected', 'The connection ended without an answer.')
    // One character per byte, so that positions in the text are positions in the bytes.
    const seen = text.length
    text += latin1(value)
    const end = text.indexOf('\r\n\r\n')
    if (end >= 0) return { ...parseHead(text.slice(0, end)), rest: resume(value.subarray(end + 4 - seen), input) }
    if (text.length > maxHead) throw new ProblemError('too-large', `The head of an answer is larger than ${maxHead} bytes.`)
  }
}

/** The body of an answer by its headers: in chunks, of a known length, or until the end. */
export async function* readBody(
  headers: Record<string, string>,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (headers['transfer-encoding']?.toLowerCase().includes('chunked')) return yield* readChunks(source)
  if (headers['content-length'] === undefined) return yield* source
  let left = Number(headers['content-length'])
  if (left === 0) return
  for await (const data of source) {
    yield data.subarray(0, left)
    left -= data.length
    if (left <= 0) return
  }
}

async function* readChunks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let held = new Uint8Array()
  for await (const data of source) {
    held = join(held, data)
    for (;;) {
      const lineEnd = held.indexOf(0x0a)
      if (lineEnd < 0) break
      const size = Number.parseInt(latin1(held.subarray(0, lineEnd)), 16)
      if (!(size >= 0)) throw new ProblemError('protocol-error', 'An answer in chunks has a chunk without size.')
      if (size === 0) return
      if (held.length < lineEnd + 1 + size + 2) break
      yield held.subarray(lineEnd + 1, lineEnd + 1 + size)
      held = held.slice(lineEnd + 1 + size + 2)
    }
    if (held.length > 16 * 1024 * 1024) throw new ProblemError('too-large', 'An answer has a chunk larger than 16 MiB.')
  }
}

function parseHead(text: string): { status: number; headers: Record<string, string> } {
  const [first = '', ...lines] = text.split('\r\n')
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1]
  if (status === undefined) throw new ProblemError('protocol-error', 'The answer is not HTTP.')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const at = line.indexOf(':')
    if (at > 0) headers[line.slice(0, at).toLowerCase()] = line.slice(at + 1).trim()
  }
  return { status: Number(status), headers }
}

async function* resume(first: Uint8Array, input: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (first.length > 0) yield first
    for (;;) {
      const { value, done } = await input.next()
      if (done) return
      yield value
    }
  } finally {
    await input.return?.()
  }
}

function latin1(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return text
}

function join(one: Uint8Array, two: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + two.length)
  both.set(one)
  both.set(two, one.length)
  return both
}
