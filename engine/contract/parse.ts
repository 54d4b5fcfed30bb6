import * as v from 'valibot'

import { EngineError } from '../errors/index.ts'
import { describe, type OperationName, type Parsed } from './engine.ts'
import type { Schema } from './operation.ts'

/**
 * Checks an operation's input and fills in defaults. Raw query strings and typed values are both accepted.
 *
 * @throws EngineError `InvalidArgument`, naming the field.
 */
export function parseInput<K extends OperationName>(name: K, input: unknown): Parsed<K> {
  const { input: schema, body } = describe(name)
  const given = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>
  const { body: raw, ...fields } = given
  const parsed = check(schema, fields, name) as Record<string, unknown>
  if (body === undefined) return parsed as Parsed<K>
  return { ...parsed, body: body === 'bytes' ? raw : check(body, raw ?? {}, name) } as unknown as Parsed<K>
}

function check(schema: Schema, value: unknown, name: string): unknown {
  const result = v.safeParse(schema, value, { abortPipeEarly: true })
  if (result.success) return result.output
  const [issue] = result.issues
  const field = v.getDotPath(issue) ?? 'body'
  throw new EngineError('InvalidArgument', `${name}: the value of ${field} is not valid: ${issue.message}`, { details: { field } })
}
