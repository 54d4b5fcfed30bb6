import * as v from 'valibot'

import { EngineError } from '../errors/index.ts'
import { describe, type OperationName, type Parsed } from './engine.ts'
import type { Operation, Schema } from './operation.ts'

/**
 * Checks an operation's input and fills in defaults. Raw query strings and typed values are both accepted.
 *
 * @throws EngineError `InvalidArgument`, naming the field.
 */
export function parseInput<K extends OperationName>(name: K, input: unknown): Parsed<K> {
  return parseFields(name, describe(name), input) as Parsed<K>
}

/** The same for any description; `name` is what a failure calls it. */
export function parseFields(name: string, { input: schema, body }: Operation, input: unknown): Record<string, unknown> {
  const given = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>
  const { body: raw, ...fields } = given
  const parsed = check(schema, fields, name) as Record<string, unknown>
  if (body === undefined) return parsed
  return { ...parsed, body: body === 'bytes' ? raw : check(body, raw ?? {}, name) }
}

function check(schema: Schema, value: unknown, name: string): unknown {
  const result = v.safeParse(schema, value, { abortPipeEarly: true })
  if (result.success) return result.output
  const [issue] = result.issues
  const field = v.getDotPath(issue) ?? 'body'
  throw new EngineError('InvalidArgument', `${name}: the value of ${field} is not valid: ${issue.message}`, {
    details: { field },
  })
}
