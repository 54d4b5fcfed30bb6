import { type FailureStatuses, parseInput, type OperationName } from '../contract/index.ts'
import { EngineError, toWire } from '../errors/index.ts'
import { isImageName } from './image-name.ts'
import type { RestReply } from './message.ts'

/** A failure in libpod's form. */
export function failureReply(error: unknown, status = EngineError.from(error).status): RestReply {
  // No body may come with 304.
  if (status === 304) return { status: 304, headers: {} }
  const body = { ...toWire(EngineError.from(error)), response: status }
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(body)}\n` }
}

/** What was asked when a failure came. */
export interface Asked {
  statuses?: FailureStatuses | undefined
  /** Whether the request has been read: what fails before is no failure of the operation. */
  read: boolean
  /** The field of the request that could not be read, if that is what failed. */
  field?: string | undefined
  /** What the path names. */
  named?: unknown
}

/** The status of a failure: libpod's, where that is another than the table of errors has. */
export function statusOf({ code, details, status }: EngineError, { statuses, read, field, named }: Asked): number {
  const unread = read ? field : details['field']
  if (unread !== undefined) return statuses?.fields?.[String(unread)] ?? status
  if (!statuses || !read) return status
  const { codes } = statuses
  if (
    code === 'ImageNotFound' &&
    codes?.ImageReferenceInvalid &&
    typeof details['name'] === 'string' &&
    !isImageName(details['name'])
  )
    return codes.ImageReferenceInvalid
  const own = codes?.[code]
  if (own !== undefined) return own
  if (statuses.named !== undefined && details['name'] !== undefined && details['name'] === named) return statuses.named
  return statuses.others ?? status
}

/** The field that makes an input invalid; `undefined` for an input that is valid, so that it was the operation that failed. */
export function invalidField(name: OperationName, input: Record<string, unknown>): string | undefined {
  try {
    parseInput(name, input)
    return undefined
  } catch (error) {
    return String(EngineError.from(error).details['field'])
  }
}
