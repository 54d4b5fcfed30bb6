import { EngineError } from '../../errors/index.ts'
import { isImageName } from '../../contract/image-name.ts'
import type { RequestContext } from './request-context.ts'
import type { Match } from './routes.ts'

/** The status of a failure: libpod's, where that is another than the table of errors has. */
export function statusOf({ code, details, status }: EngineError, { statuses, read, field, named }: RequestContext): number {
  const unread = read ? field : details['field']
  if (unread !== undefined) return statuses?.fields?.[String(unread)] ?? statuses?.fields?.['*'] ?? status
  if (!statuses || !read) return status
  const { codes } = statuses
  const refused = statuses.refused?.[String(details['field'])]
  if (refused !== undefined) return refused
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
export function invalidField({ parse }: Match, input: Record<string, unknown>): string | undefined {
  try {
    parse(input)
    return undefined
  } catch (error) {
    return String(EngineError.from(error).details['field'])
  }
}
