import { auditSocket, followRecords } from '../../lib/audit/client.ts'
import { follow as followFolder } from '../../lib/audit/follow.ts'
import { matcher } from '../../lib/audit/query.ts'
import type { AuditRecord } from '../../lib/audit/record.ts'
import type { Verb } from '../verb.ts'
import { ownLog } from './own-log.ts'
import { asOwn } from './records.ts'

/** Records as they are written, until the caller leaves: for root all, for others their own. */
export const follow: Verb<'audit.follow'> = async (context, { filters }, { signal }) => {
  matcher({ filters })
  const stop = new AbortController()
  const both = AbortSignal.any([stop.signal, ...(signal === undefined ? [] : [signal])])
  const own = followFolder({ folder: ownLog(context).path }, filters, both)
  if (!context.identity.rootless) return untilDisconnected([own], stop)
  return untilDisconnected([asOwn(own), followRecords(auditSocket, filters, both)], stop)
}

/** Merges sources in order of arrival. Leaving the iteration, also while it waits, ends them all. */
function untilDisconnected(
  sources: readonly AsyncGenerator<AuditRecord, void, undefined>[],
  stop: AbortController,
): AsyncIterable<AuditRecord> {
  const waiting = new Map(sources.map((source) => [source, nextOf(source)]))
  const next = async (): Promise<IteratorResult<AuditRecord>> => {
    while (waiting.size > 0) {
      const { source, result } = await Promise.race(waiting.values())
      if (result.done === true) waiting.delete(source)
      else {
        waiting.set(source, nextOf(source))
        return result
      }
    }
    return { done: true, value: undefined }
  }
  const leave = async (): Promise<IteratorResult<AuditRecord>> => {
    stop.abort()
    await Promise.allSettled(sources.map((source) => source.return()))
    return { done: true, value: undefined }
  }
  return { [Symbol.asyncIterator]: () => ({ next, return: leave }) }
}

async function nextOf(source: AsyncGenerator<AuditRecord, void, undefined>) {
  return { source, result: await source.next() }
}
