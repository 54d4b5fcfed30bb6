import type { FailureStatuses, Operation } from '../../contract/index.ts'

/** The context of a request, for its failure. */
export interface RequestContext {
  /** The operation's name; method and path until it is known. */
  name: string
  dialect: Operation['dialect']
  statuses?: FailureStatuses | undefined
  /** Whether the request has been read: earlier failures are not the operation's. */
  read: boolean
  /** The field of the request that could not be read, if that is what failed. */
  field?: string | undefined
  /** What the path names. */
  named?: unknown
}
