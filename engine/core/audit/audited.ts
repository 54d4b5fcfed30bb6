import { type AuditRule, describe, fieldAt, type OperationName, parseInput } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import type { Context } from '../context.ts'
import { nameObject } from './name-object.ts'
import { writeRecord } from './write-record.ts'

/**
 * Runs an operation and records in the audit log its object and result: of a call when it returns, of a stream when it ends or is
 * left, of a two-way connection once it is open. The record is written asynchronously.
 */
export async function audited(
  context: Context,
  name: OperationName,
  rule: AuditRule,
  input: unknown,
  work: () => Promise<unknown>,
): Promise<unknown> {
  const began = now()
  if (!changes(name, rule, input)) return work()
  const about = nameObject(context.database, name, rule, input)
  const recordResult = (result: string, answer?: unknown): void => {
    const made = rule.made === undefined ? undefined : fieldAt(answer, rule.made)
    const objectId = typeof made === 'string' ? { objectId: made } : {}
    writeRecord(context, { operation: name, result, duration: now() - began, ...about, ...objectId })
  }
  try {
    const answer = await work()
    if (describe(name).kind === 'stream') return watched(answer as AsyncIterable<unknown>, recordResult)
    recordResult('ok', answer)
    return answer
  } catch (error) {
    recordResult(EngineError.from(error).code)
    throw error
  }
}

/** Milliseconds; `performance` takes 3 to load, in every command. */
const now = (): number => Number(process.hrtime.bigint()) / 1e6

function changes(name: OperationName, rule: AuditRule, input: unknown): boolean {
  if (rule.changes === undefined) return true
  try {
    const parsed = parseInput(name, input)
    return rule.changes.some((path) => fieldAt(parsed, path) === true)
  } catch {
    // It will be refused, which is recorded.
    return true
  }
}

/** The same items; records once how the stream ended. A caller that leaves early has cancelled it. */
function watched(items: AsyncIterable<unknown>, recordResult: (result: string) => void): AsyncIterable<unknown> {
  const iterator = items[Symbol.asyncIterator]()
  let recorded = false
  const recordOnce = (result: string): void => {
    if (!recorded) recordResult(result)
    recorded = true
  }
  const iterated: AsyncIterator<unknown> = {
    next: async () => {
      try {
        const item = await iterator.next()
        if (item.done === true) recordOnce('ok')
        return item
      } catch (error) {
        recordOnce(EngineError.from(error).code)
        throw error
      }
    },
    return: async (value?: unknown) => {
      recordOnce('Cancelled')
      return (await iterator.return?.(value)) ?? { done: true, value }
    },
  }
  return { [Symbol.asyncIterator]: () => iterated }
}
