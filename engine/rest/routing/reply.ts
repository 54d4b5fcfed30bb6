import { type AnswerHeader, type FirstByte, type Operation, plainText, type StreamFormat } from '../../contract/index.ts'
import { cachedLine } from '../../lib/files/known-json.ts'
import type { RestReply } from '../http/message.ts'
import { encodeItems } from './encode-items.ts'
import { firstItem } from './first-item.ts'

/** The answer to a call. */
export function callReply(operation: Operation, value: unknown): RestReply {
  const { responseHeaders, mediaType, answerHeader } = operation
  if (answerHeader && answerHeader.operation === undefined && value !== undefined)
    return { status: operation.status ?? 200, headers: { ...responseHeaders, ...headerWith(answerHeader, value) } }
  if (value === undefined) return { status: operation.status ?? 204, headers: { ...responseHeaders } }
  const status = operation.status ?? 200
  if (mediaType !== undefined) {
    const body = mediaType === plainText && value !== '' ? `${String(value)}\n` : String(value)
    return { status, headers: { ...responseHeaders, 'content-type': mediaType }, body }
  }
  const kept = typeof value === 'object' && value !== null ? cachedLine(value) : undefined
  const body = kept ?? `${JSON.stringify(value)}\n`
  return { status, headers: { ...responseHeaders, 'content-type': 'application/json' }, body }
}

/** A value in a header, as JSON in base64. */
export function headerWith({ name }: AnswerHeader, value: unknown): Record<string, string> {
  return { [name]: Buffer.from(JSON.stringify(value)).toString('base64') }
}

const contentTypes: Record<StreamFormat, string> = {
  ndjson: 'application/json',
  frames: 'application/vnd.docker.multiplexed-stream',
  bytes: 'application/octet-stream',
}

/** The answer that carries a stream; it is there when the status is decided. `onBreak` is called with later failures. */
export async function streamReply(
  operation: Operation,
  begin: () => Promise<AsyncIterable<unknown>>,
  onBreak: (error: unknown) => void,
  firstByte: FirstByte = operation.firstByte ?? 'pause',
): Promise<RestReply> {
  const { status = 200, format = 'ndjson', mediaType = contentTypes[format], responseHeaders } = operation
  const items = firstByte === 'begin' ? later(begin) : await begin()
  const ready = firstByte === 'item' || firstByte === 'pause' ? await firstItem(items, firstByte) : items
  return {
    status,
    headers: { ...responseHeaders, 'content-type': mediaType },
    body: encodeItems(ready, operation, onBreak),
  }
}

async function* later(begin: () => Promise<AsyncIterable<unknown>>): AsyncGenerator<unknown> {
  yield* await begin()
}
