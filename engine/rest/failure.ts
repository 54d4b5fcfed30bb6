import { EngineError, toWire } from '../errors/index.ts'
import type { RestReply } from './message.ts'

/** A failure in libpod's form. */
export function failureReply(error: unknown): RestReply {
  const failure = EngineError.from(error)
  // No body may come with 304.
  if (failure.status === 304) return { status: 304, headers: {} }
  return { status: failure.status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(toWire(failure))}\n` }
}
